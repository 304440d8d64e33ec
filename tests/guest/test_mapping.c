// Mapped files: what mmap shows, who shares it, what goes back into the file, and what bad input gets.
#include "tests/guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char path[] = "/tmp/mapping-test";
enum { SIZE = 40 * PAGE_SIZE + 123 };

static uint8_t byte_at(uint64_t offset) {
    return (uint8_t)(offset * 7 + (offset >> 12) * 13 + 1);
}

// A file of SIZE bytes that follow byte_at, open to read and write.
static int make_file(void) {
    static uint8_t content[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        content[i] = byte_at(i);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    EXPECT(file >= 0);
    EXPECT_EQUAL(write(file, content, SIZE), SIZE);
    return file;
}

static uint8_t *map(int file, size_t size, int protection, int flags, off_t offset) {
    uint8_t *pages = mmap(NULL, size, protection, flags, file, offset);
    EXPECT(pages != MAP_FAILED);
    return pages;
}

static uint8_t file_byte(int file, off_t offset) {
    uint8_t byte = 0;
    EXPECT_EQUAL(lseek(file, offset, SEEK_SET), offset);
    EXPECT_EQUAL(read(file, &byte, 1), 1);
    return byte;
}

TEST(a_mapped_file_shows_its_bytes_and_zeros_up_to_the_end_of_its_last_page) {
    int file = make_file();
    uint8_t *pages = map(file, SIZE, PROT_READ, MAP_SHARED, 0);
    close(file);
    for (size_t i = 0; i < SIZE; i++)
        if (pages[i] != byte_at(i))
            FAIL("byte %zu is %u", i, pages[i]);
    for (size_t i = SIZE; i < 41 * PAGE_SIZE; i++)
        EXPECT_EQUAL(pages[i], 0);
    EXPECT_EQUAL(munmap(pages, SIZE), 0);
}

TEST(a_part_is_mapped_from_its_offset_on) {
    int file = make_file();
    uint8_t *pages = map(file, 2 * PAGE_SIZE, PROT_READ, MAP_PRIVATE, 7 * PAGE_SIZE);
    EXPECT_EQUAL(pages[0], byte_at(7 * PAGE_SIZE));
    EXPECT_EQUAL(pages[2 * PAGE_SIZE - 1], byte_at(9 * PAGE_SIZE - 1));
    EXPECT_EQUAL(munmap(pages, 2 * PAGE_SIZE), 0);
    close(file);
}

TEST(what_is_written_to_a_private_mapping_stays_there) {
    int file = make_file();
    uint8_t *pages = map(file, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
    uint8_t *others = map(file, SIZE, PROT_READ, MAP_SHARED, 0);
    pages[5000] = 99;
    EXPECT_EQUAL(pages[5001], byte_at(5001));
    EXPECT_EQUAL(others[5000], byte_at(5000));
    EXPECT_EQUAL(msync(pages, SIZE, MS_SYNC), 0);
    EXPECT_EQUAL(munmap(pages, SIZE), 0);
    EXPECT_EQUAL(munmap(others, SIZE), 0);
    EXPECT_EQUAL(file_byte(file, 5000), byte_at(5000));
    close(file);
}

TEST(what_is_written_to_a_shared_mapping_is_in_the_file_after_msync_and_after_munmap) {
    int file = make_file();
    uint8_t *pages = map(file, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    EXPECT_EQUAL(pages[20000], byte_at(20000)); // it is first read, then written
    pages[20000] = 1;
    pages[SIZE - 1] = 2;
    EXPECT_EQUAL(file_byte(file, 20000), byte_at(20000));
    EXPECT_EQUAL(msync(pages, SIZE, MS_SYNC), 0);
    EXPECT_EQUAL(file_byte(file, 20000), 1);
    EXPECT_EQUAL(file_byte(file, SIZE - 1), 2);
    EXPECT_EQUAL(file_byte(file, 20001), byte_at(20001));
    pages[20000] = 3;
    EXPECT_EQUAL(munmap(pages, SIZE), 0);
    EXPECT_EQUAL(file_byte(file, 20000), 3);
    EXPECT_EQUAL(lseek(file, 0, SEEK_END), SIZE);
    close(file);
}

TEST(pages_that_were_only_read_do_not_overwrite_what_others_wrote_to_the_file) {
    int file = make_file();
    uint8_t *pages = map(file, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    uint8_t byte = 200;
    EXPECT_EQUAL(pages[3 * PAGE_SIZE], byte_at(3 * PAGE_SIZE));
    EXPECT_EQUAL(lseek(file, 3 * PAGE_SIZE, SEEK_SET), 3 * PAGE_SIZE);
    EXPECT_EQUAL(write(file, &byte, 1), 1);
    pages[0] = 77;
    EXPECT_EQUAL(munmap(pages, SIZE), 0);
    EXPECT_EQUAL(file_byte(file, 0), 77);
    EXPECT_EQUAL(file_byte(file, 3 * PAGE_SIZE), 200);
    close(file);
}

TEST(a_mapping_made_writable_later_is_written_back_too) {
    int file = make_file();
    uint8_t *pages = map(file, SIZE, PROT_READ, MAP_SHARED, 0);
    EXPECT_EQUAL(pages[0], byte_at(0));
    EXPECT_EQUAL(mprotect(pages, SIZE, PROT_READ | PROT_WRITE), 0);
    pages[0] = 42;
    EXPECT_EQUAL(munmap(pages, SIZE), 0);
    EXPECT_EQUAL(file_byte(file, 0), 42);
    close(file);
}

TEST(a_file_that_was_changed_is_mapped_as_it_is_now) {
    int file = make_file(), reader = open(path, O_RDONLY);
    uint8_t *pages = map(reader, SIZE, PROT_READ, MAP_SHARED, 0);
    EXPECT_EQUAL(pages[0], byte_at(0));
    uint8_t byte = 250;
    EXPECT_EQUAL(lseek(file, 0, SEEK_SET), 0);
    EXPECT_EQUAL(write(file, &byte, 1), 1);
    uint8_t *anew = map(reader, SIZE, PROT_READ, MAP_SHARED, 0);
    EXPECT_EQUAL(anew[0], 250);
    EXPECT_EQUAL(pages[0], byte_at(0));
    EXPECT_EQUAL(munmap(pages, SIZE), 0);
    EXPECT_EQUAL(munmap(anew, SIZE), 0);
    close(reader);
    close(file);
}

// ---- several processes ----

ROLE(writes_into_the_shared_file) {
    int file = open(path, O_RDWR);
    uint8_t *pages = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ROLE_EXPECT(pages != MAP_FAILED);
    pages[9 * PAGE_SIZE] = 111;
    guest_say(guest_parent(), 1);
    guest_hear(guest_parent());
    return pages[10 * PAGE_SIZE] == 112 ? 0 : __LINE__;
}

TEST(two_processes_that_map_a_file_share_its_pages) {
    int file = make_file();
    uint8_t *pages = map(file, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    EXPECT_EQUAL(pages[9 * PAGE_SIZE], byte_at(9 * PAGE_SIZE));
    struct spawned child = guest_start("writes_into_the_shared_file", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    EXPECT_EQUAL(pages[9 * PAGE_SIZE], 111);
    pages[10 * PAGE_SIZE] = 112;
    guest_say(child.process, 1);
    guest_expect_success(child);
    EXPECT_EQUAL(file_byte(file, 9 * PAGE_SIZE), 111); // the child's end wrote it back
    EXPECT_EQUAL(munmap(pages, SIZE), 0);
    EXPECT_EQUAL(file_byte(file, 10 * PAGE_SIZE), 112);
    close(file);
}

TEST(what_a_killed_process_wrote_is_in_the_file_soon) {
    int file = make_file();
    struct spawned child = guest_start("writes_into_the_shared_file", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    guest_kill(child);
    uint64_t deadline = guest_soon();
    while (file_byte(file, 9 * PAGE_SIZE) != 111 && clock_now() < deadline)
        thread_sleep(guest_shortly());
    EXPECT_EQUAL(file_byte(file, 9 * PAGE_SIZE), 111);
    close(file);
}

// ---- bad input ----

#define EXPECT_ERROR(call, error)                                                                                      \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        EXPECT((intptr_t)(call) == -1);                                                                                \
        EXPECT_EQUAL(errno, error);                                                                                    \
    } while (0)

TEST(bad_requests_to_map_get_the_error_that_POSIX_names) {
    int file = make_file(), reader = open(path, O_RDONLY), writer = open(path, O_WRONLY);
    int appender = open(path, O_RDWR | O_APPEND), directory = open("/tmp", O_RDONLY), ends[2];
    const int both = PROT_READ | PROT_WRITE;
    EXPECT_ERROR(mmap(NULL, 0, PROT_READ, MAP_SHARED, file, 0), EINVAL);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, MAP_SHARED, file, 1), EINVAL);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, MAP_SHARED, file, -PAGE_SIZE), EINVAL);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, 0, file, 0), EINVAL);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, MAP_SHARED | MAP_PRIVATE, file, 0), EINVAL);
    EXPECT_ERROR(mmap(NULL, 1, 64, MAP_SHARED, file, 0), EINVAL);
    EXPECT_ERROR(mmap((void *)1, 1, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0), EINVAL);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0), ENOTSUP);
    EXPECT_ERROR(mmap(NULL, SIZE_MAX, PROT_READ, MAP_SHARED, file, 0), ENOMEM);
    EXPECT_ERROR(mmap(NULL, SIZE_MAX / 2, PROT_READ, MAP_SHARED, file, 0), ENOMEM);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, MAP_SHARED, 99, 0), EBADF);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, MAP_SHARED, writer, 0), EACCES);
    EXPECT_ERROR(mmap(NULL, 1, both, MAP_SHARED, reader, 0), EACCES);
    EXPECT_ERROR(mmap(NULL, 1, both, MAP_SHARED, appender, 0), ENOTSUP);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, MAP_SHARED, directory, 0), ENODEV);
    EXPECT_EQUAL(pipe(ends), 0);
    EXPECT_ERROR(mmap(NULL, 1, PROT_READ, MAP_SHARED, ends[0], 0), ENODEV);
    int all[] = {file, reader, writer, appender, directory, ends[0], ends[1]};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        close(all[i]);
}

TEST(bad_requests_about_mappings_get_the_error_that_POSIX_names) {
    int file = open(path, O_RDONLY);
    uint8_t *pages = map(file, 2 * PAGE_SIZE, PROT_READ, MAP_SHARED, 0);
    EXPECT_ERROR(mprotect(pages, PAGE_SIZE, PROT_READ | PROT_WRITE), EACCES); // the file is open to read
    EXPECT_ERROR(mprotect(pages + 1, PAGE_SIZE, PROT_READ), EINVAL);
    EXPECT_ERROR(mprotect(pages, PAGE_SIZE, PROT_EXEC), ENOTSUP);
    EXPECT_ERROR(msync(pages + 1, PAGE_SIZE, MS_SYNC), EINVAL);
    EXPECT_ERROR(msync(pages, PAGE_SIZE, MS_SYNC | MS_ASYNC), EINVAL);
    EXPECT_ERROR(msync(pages, 3 * PAGE_SIZE, MS_SYNC), ENOMEM);
    EXPECT_ERROR(munmap(pages + 1, PAGE_SIZE), EINVAL);
    EXPECT_ERROR(munmap(pages, 0), EINVAL);
    EXPECT_EQUAL(munmap(pages, PAGE_SIZE), 0);
    EXPECT_ERROR(msync(pages, 2 * PAGE_SIZE, MS_SYNC), ENOMEM);
    EXPECT_EQUAL(msync(pages + PAGE_SIZE, PAGE_SIZE, MS_SYNC), 0);
    EXPECT_EQUAL(munmap(pages + PAGE_SIZE, PAGE_SIZE), 0);
    EXPECT_ERROR(mprotect(pages, PAGE_SIZE, PROT_READ), ENOMEM);
    close(file);
}

TEST(anonymous_memory_is_mapped_and_a_fixed_mapping_takes_the_place_of_what_was_there) {
    uint8_t *pages = mmap(NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(pages != MAP_FAILED);
    pages[PAGE_SIZE] = 5;
    int file = make_file();
    EXPECT(mmap(pages + PAGE_SIZE, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == pages + PAGE_SIZE);
    EXPECT_EQUAL(pages[PAGE_SIZE], byte_at(0));
    EXPECT_EQUAL(pages[0], 0);
    EXPECT_EQUAL(munmap(pages, 3 * PAGE_SIZE), 0);
    close(file);
}
