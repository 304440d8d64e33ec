// Notices: the life of a reserved place for an event; the queue behind it is the target's.
#include "kernel/object/notice.h"

#include "kernel/base/assert.h"
#include "kernel/object/object.h"

void notice_start(struct notice *notice, struct notice_target *target, struct object *owner, uint64_t object) {
    assert(!notice->queued);
    notice->owner = owner;
    notice->object = object;
    notice->target = target;
    if (target != 0)
        target->retain(target);
}

void notice_raise(struct notice *notice, const EVENT *event) {
    if (notice->target != 0)
        notice->target->raise(notice->target, notice, event);
}

void notice_cancel(struct notice *notice) {
    if (notice->target != 0)
        notice->target->cancel(notice->target, notice);
}

void notice_end(struct notice *notice) {
    struct notice_target *target = notice->target;
    if (target == 0)
        return;
    target->cancel(target, notice);
    notice->target = 0;
    target->release(target);
}
