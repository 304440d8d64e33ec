// The calendar of the real-time clock.
#include "drivers/clock/calendar.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

static struct calendar_registers binary(uint64_t seconds) {
    time_t time = (time_t)seconds;
    struct tm date;
    gmtime_r(&time, &date);
    return (struct calendar_registers){
        .second = (uint8_t)date.tm_sec,
        .minute = (uint8_t)date.tm_min,
        .hour = (uint8_t)date.tm_hour,
        .day = (uint8_t)date.tm_mday,
        .month = (uint8_t)(date.tm_mon + 1),
        .year = (uint8_t)(date.tm_year % 100),
        .century = (uint8_t)((date.tm_year + 1900) / 100),
        .format = CALENDAR_BINARY | CALENDAR_24_HOURS,
    };
}

static uint8_t digits(uint8_t number) {
    return (uint8_t)(number / 10 << 4 | number % 10);
}

static struct calendar_registers decimal(uint64_t seconds) {
    struct calendar_registers registers = binary(seconds);
    uint8_t *each[] = {&registers.second, &registers.minute, &registers.hour,   &registers.day,
                       &registers.month,  &registers.year,   &registers.century};
    for (unsigned i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
        *each[i] = digits(*each[i]);
    }
    registers.format = CALENDAR_24_HOURS;
    return registers;
}

static void expect(struct calendar_registers registers, uint64_t seconds) {
    uint64_t found = 0;
    cr_assert(calendar_seconds_of(&registers, &found));
    cr_assert_eq(found, seconds);
}

static void refuse(struct calendar_registers registers) {
    uint64_t found = 0;
    cr_assert_not(calendar_seconds_of(&registers, &found));
}

// Every second of several hundred years would take long: random ones, and all days around each leap day.
Test(calendar, dates_become_the_seconds_that_the_host_counts) {
    srandom(9);
    for (int i = 0; i < 100000; i++) {
        uint64_t seconds = (uint64_t)random() * 3;
        expect(binary(seconds), seconds);
        expect(decimal(seconds), seconds);
    }
    for (uint64_t day = 0; day < 366 * 240; day++) {
        expect(binary(day * 86400 + 86399), day * 86400 + 86399);
    }
}

Test(calendar, twelve_hour_clocks_have_noon_and_midnight) {
    struct calendar_registers registers = decimal(0);
    registers.format = 0;
    registers.hour = 0x12;
    expect(registers, 0);
    registers.hour = 0x12 | 0x80;
    expect(registers, 12 * 3600);
    registers.hour = 0x11 | 0x80;
    expect(registers, 23 * 3600);
    registers.hour = 0x01;
    expect(registers, 3600);
    registers.hour = 0x13;
    refuse(registers);
    registers.hour = 0;
    refuse(registers);
}

Test(calendar, a_clock_without_a_century_means_1970_to_2069) {
    struct calendar_registers registers = binary(0);
    registers.century = 0;
    expect(registers, 0);
    registers = binary(UINT64_C(1700000000));
    registers.century = 0;
    expect(registers, UINT64_C(1700000000));
}

Test(calendar, what_is_no_date_is_refused) {
    struct calendar_registers good = binary(0), bad = good;
    bad.month = 13;
    refuse(bad);
    bad = good, bad.month = 0;
    refuse(bad);
    bad = good, bad.day = 32;
    refuse(bad);
    bad = good, bad.day = 0;
    refuse(bad);
    bad = good, bad.month = 2, bad.day = 29;
    refuse(bad);
    bad = good, bad.hour = 24;
    refuse(bad);
    bad = good, bad.minute = 60;
    refuse(bad);
    bad = good, bad.second = 60;
    refuse(bad);
    bad = good, bad.year = 69;
    refuse(bad);
    bad = decimal(0), bad.second = 0x1a;
    refuse(bad);
}

Test(calendar, any_registers_are_survived) {
    struct calendar_registers registers;
    uint8_t *bytes = (uint8_t *)&registers;
    uint64_t seconds = 0;
    srandom(10);
    for (int i = 0; i < 200000; i++) {
        for (unsigned at = 0; at < sizeof(registers); at++) {
            bytes[at] = (uint8_t)random();
        }
        calendar_seconds_of(&registers, &seconds);
    }
}
