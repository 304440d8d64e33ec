// Which lines of two texts are not in the other.
#include "apps/diff/compare.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"

// Parts that differ in more lines than this are taken as all different: the effort grows with their product.
enum { EFFORT_MAX = 3000 };

struct comparison {
    const struct text_line *left, *right;
    bool *left_changed, *right_changed;
    ptrdiff_t *forward, *backward; // furthest places on each diagonal
};

struct part {
    ptrdiff_t left, left_end, right, right_end;
};

static bool same(const struct comparison *comparison, ptrdiff_t left, ptrdiff_t right) {
    return comparison->left[left].identity == comparison->right[right].identity;
}

// One step further from the start; true: the ways have met at *left, *right.
static bool step_forward(struct comparison *comparison, const struct part *part, ptrdiff_t cost, ptrdiff_t *left,
                         ptrdiff_t *right) {
    ptrdiff_t *forward = comparison->forward, delta = part->left_end - part->left - (part->right_end - part->right);
    for (ptrdiff_t diagonal = -cost; diagonal <= cost; diagonal += 2) {
        bool down = diagonal == -cost || (diagonal != cost && forward[diagonal - 1] < forward[diagonal + 1]);
        ptrdiff_t x = down ? forward[diagonal + 1] : forward[diagonal - 1] + 1, y = x - diagonal;
        while (x < part->left_end - part->left && y < part->right_end - part->right && x >= 0 && y >= 0 &&
               same(comparison, part->left + x, part->right + y))
            x++, y++;
        forward[diagonal] = x;
        bool other = delta % 2 && diagonal >= delta - (cost - 1) && diagonal <= delta + (cost - 1);
        if (other && x >= comparison->backward[diagonal]) {
            *left = part->left + x;
            *right = part->right + y;
            return true;
        }
    }
    return false;
}

// One step further from the end.
static bool step_backward(struct comparison *comparison, const struct part *part, ptrdiff_t cost, ptrdiff_t *left,
                          ptrdiff_t *right) {
    ptrdiff_t *backward = comparison->backward, delta = part->left_end - part->left - (part->right_end - part->right);
    for (ptrdiff_t diagonal = delta - cost; diagonal <= delta + cost; diagonal += 2) {
        bool up =
            diagonal == delta + cost || (diagonal != delta - cost && backward[diagonal - 1] < backward[diagonal + 1]);
        ptrdiff_t x = up ? backward[diagonal - 1] : backward[diagonal + 1] - 1, y = x - diagonal;
        while (x > 0 && y > 0 && x <= part->left_end - part->left && y <= part->right_end - part->right &&
               same(comparison, part->left + x - 1, part->right + y - 1))
            x--, y--;
        backward[diagonal] = x;
        bool other = delta % 2 == 0 && diagonal >= -cost && diagonal <= cost;
        if (other && x <= comparison->forward[diagonal]) {
            *left = part->left + x;
            *right = part->right + y;
            return true;
        }
    }
    return false;
}

// A place on a shortest way, about half the way. False: it is too far.
static bool find_middle(struct comparison *comparison, const struct part *part, ptrdiff_t *left, ptrdiff_t *right) {
    ptrdiff_t width = part->left_end - part->left, height = part->right_end - part->right, delta = width - height;
    comparison->forward[1] = 0;
    comparison->backward[delta - 1] = width;
    comparison->backward[delta + 1] = width + 1;
    for (ptrdiff_t cost = 0; cost <= (width + height + 1) / 2 && cost < EFFORT_MAX; cost++)
        if (step_forward(comparison, part, cost, left, right) || step_backward(comparison, part, cost, left, right))
            return true;
    return false;
}

static void mark(bool *changed, ptrdiff_t from, ptrdiff_t to) {
    for (; from < to; from++)
        changed[from] = true;
}

static void compare_part(struct comparison *comparison, struct part part) {
    ptrdiff_t left, right;
    while (part.left < part.left_end && part.right < part.right_end && same(comparison, part.left, part.right))
        part.left++, part.right++;
    while (part.left < part.left_end && part.right < part.right_end &&
           same(comparison, part.left_end - 1, part.right_end - 1))
        part.left_end--, part.right_end--;
    bool empty = part.left == part.left_end || part.right == part.right_end;
    if (empty || !find_middle(comparison, &part, &left, &right)) {
        mark(comparison->left_changed, part.left, part.left_end);
        mark(comparison->right_changed, part.right, part.right_end);
        return;
    }
    compare_part(comparison, (struct part){part.left, left, part.right, right});
    compare_part(comparison, (struct part){left, part.left_end, right, part.right_end});
}

// Moves runs of changed lines towards the end where the text stays the same by it, as people expect: a function that was
// added ends with its own last line.
static void slide(const struct text_line *lines, bool *changed, const bool *other, size_t count) {
    size_t at = 0, other_at = 0;
    while (at < count) {
        for (; at < count && !changed[at]; at++, other_at++)
            while (other[other_at])
                other_at++;
        size_t start = at, end;
        while (at < count && changed[at])
            at++;
        end = at;
        bool alone = !other[other_at]; // the other side has no change here
        while (alone && start < end && end < count && !changed[end] && !other[other_at + 1] &&
               lines[start].identity == lines[end].identity) {
            changed[start++] = false;
            changed[end++] = true;
            other_at++;
            while (end < count && changed[end])
                end++;
        }
        at = end;
    }
}

static void add(struct changes *changes, const struct change *change) {
    if (changes->count % 256 == 0)
        changes->list = tool_reallocate(changes->list, changes->count + 256, sizeof(*change));
    changes->list[changes->count++] = *change;
}

static void collect(const struct comparison *comparison, size_t left_count, size_t right_count,
                    struct changes *changes) {
    for (size_t left = 0, right = 0; left < left_count || right < right_count; left++, right++) {
        struct change change = {.left = left, .right = right};
        while (left < left_count && comparison->left_changed[left])
            left++;
        while (right < right_count && comparison->right_changed[right])
            right++;
        change.left_count = left - change.left;
        change.right_count = right - change.right;
        if (change.left_count || change.right_count)
            add(changes, &change);
    }
}

static bool *make_flags(size_t count) {
    bool *flags = tool_allocate(count + 2, sizeof(*flags));
    memset(flags, 0, (count + 2) * sizeof(*flags));
    return flags;
}

void compare_lines(const struct lines *left, const struct lines *right, struct changes *changes) {
    struct comparison comparison = {.left = left->list, .right = right->list};
    ptrdiff_t room = 2 * (ptrdiff_t)(left->count + right->count) + 8;
    ptrdiff_t *forward = tool_allocate((size_t)room * 2, sizeof(*forward));
    ptrdiff_t *backward = tool_allocate((size_t)room * 2, sizeof(*backward));
    comparison.forward = forward + room;
    comparison.backward = backward + room;
    comparison.left_changed = make_flags(left->count);
    comparison.right_changed = make_flags(right->count);
    *changes = (struct changes){0};
    compare_part(&comparison, (struct part){0, (ptrdiff_t)left->count, 0, (ptrdiff_t)right->count});
    slide(left->list, comparison.left_changed, comparison.right_changed, left->count);
    slide(right->list, comparison.right_changed, comparison.left_changed, right->count);
    collect(&comparison, left->count, right->count, changes);
    free(forward);
    free(backward);
    free(comparison.left_changed);
    free(comparison.right_changed);
}
