// Making a pipe: the wish is checked, the ends are made, the other process is told.
#include "ipc/gate.h"
#include "ipc/pipe.h"
#include "kernel/memory/heap.h"
#include "kernel/object/trace.h"

// ---- the wish ----

static enum status wish_check(const struct pipe_create *wish) {
    if (wish->mode < PIPE_SEND || wish->mode > PIPE_POOL || wish->reserved != 0)
        return STATUS_INVALID_ARGUMENT;
    if ((wish->flags & ~(uint32_t)PIPE_STRICT) != 0)
        return STATUS_INVALID_ARGUMENT;
    return wish->capacity > PIPE_CAPACITY_MAX ? STATUS_TOO_LARGE : STATUS_OK;
}

static enum status other_find(struct process *creator, uint32_t id, struct process **other) {
    *other = 0;
    if (id == 0)
        return STATUS_OK;
    struct process *found = process_find(id);
    if (found == 0)
        return STATUS_NOT_FOUND;
    enum status status = gate_check(found, GATE_PIPE, creator);
    if (status == STATUS_OK)
        *other = found;
    else
        process_release(found);
    return status;
}

enum status pipe_plan_make(struct process *creator, const struct pipe_create *wish, struct pipe_plan *plan) {
    enum status status = wish_check(wish);
    if (status != STATUS_OK)
        return status;
    uint32_t capacity = wish->capacity != 0 ? wish->capacity : PIPE_CAPACITY_DEFAULT;
    *plan = (struct pipe_plan){
        .creator = creator,
        .mode = wish->mode,
        .flags = wish->flags,
        .capacity = (capacity + PAGE_SIZE - 1) & ~(uint32_t)(PAGE_SIZE - 1),
    };
    return other_find(creator, wish->process, &plan->other);
}

// ---- the ends ----

// The event is read: only now does the end enter the taker's table (R-B7).
static enum status created_take(struct notice *notice, struct process *taker, EVENT *event) {
    struct pipe_end *end = (struct pipe_end *)notice->owner;
    int32_t number;
    enum status status = number_reserve(&taker->numbers, &number);
    if (status != STATUS_OK)
        return status;
    number_insert_reserved(&taker->numbers, number, &end->object, pipe_end_rights(end));
    lock_acquire(&end->pipe->lock);
    end->number = number;
    end->unread = false;
    lock_release(&end->pipe->lock);
    account_discharge(end->object.account, ACCOUNT_PIPES_UNREAD, 1);
    event->Data1 = (uint32_t)number;
    return STATUS_OK;
}

// The end may have got its number after its other side closed.
static enum status closed_take(struct notice *notice, struct process *taker, EVENT *event) {
    (void)taker;
    struct pipe_end *end = (struct pipe_end *)notice->owner;
    lock_acquire(&end->pipe->lock);
    event->Data1 = (uint32_t)end->number;
    lock_release(&end->pipe->lock);
    return STATUS_OK;
}

static void notice_set_up(struct notice *notice, struct pipe_end *end, struct process *told, struct process *about) {
    notice_start(notice, told->notice_target, &end->object, end->object.id);
    notice->process = about->id;
    notice->user = about->user;
}

static enum status end_make(const struct pipe_plan *plan, struct pipe *pipe, uint32_t side, struct pipe_end **end) {
    struct object *object;
    enum status status = object_create(&pipe_end_type, plan->creator->account, "pipe", &object);
    if (status != STATUS_OK)
        return status;
    struct process *other = plan->other != 0 ? plan->other : plan->creator;
    struct process *owner = side == 0 ? plan->creator : other;
    struct pipe_end *made = (struct pipe_end *)object;
    made->side = side;
    made->mode = side == 0 || plan->mode == PIPE_POOL ? plan->mode : PIPE_SEND + PIPE_RECEIVE - plan->mode;
    made->process = owner->id;
    made->open = true;
    notice_set_up(&made->created, made, owner, plan->creator);
    notice_set_up(&made->closed, made, owner, side == 0 ? other : plan->creator);
    made->created.take = created_take;
    made->closed.take = closed_take;
    made->pipe = pipe;
    pipe->ends[side] = made;
    __atomic_fetch_add(&pipe->references, 1, __ATOMIC_RELAXED);
    *end = made;
    return STATUS_OK;
}

static enum status pipe_allocate(const struct pipe_plan *plan, struct pipe **pipe) {
    size_t pages = plan->capacity / PAGE_SIZE;
    struct pipe *made = heap_allocate(sizeof(struct pipe) + pages * sizeof(uint8_t *));
    if (made == 0)
        return STATUS_NO_MEMORY;
    made->lock = LOCK_INITIAL(RANK_OBJECT);
    made->flags = plan->flags;
    made->account = plan->creator->account;
    object_retain(&made->account->object);
    made->ring.capacity = plan->capacity;
    made->ring.pages = (uint8_t **)(made + 1);
    *pipe = made;
    return STATUS_OK;
}

static enum status ends_make(const struct pipe_plan *plan, struct pipe *pipe, struct pipe_end *ends[2]) {
    enum status status = end_make(plan, pipe, 0, &ends[0]);
    if (status != STATUS_OK) {
        object_release(&pipe->account->object);
        heap_free(pipe);
        return status;
    }
    status = end_make(plan, pipe, 1, &ends[1]);
    if (status != STATUS_OK)
        object_release(&ends[0]->object); // and the pipe with it
    return status;
}

enum status pipe_make(const struct pipe_plan *plan, struct pipe_end *ends[2]) {
    struct account *account = plan->creator->account;
    enum status status = plan->other != 0 ? account_charge(account, ACCOUNT_PIPES_UNREAD, 1) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct pipe *pipe;
    status = pipe_allocate(plan, &pipe);
    if (status == STATUS_OK)
        status = ends_make(plan, pipe, ends);
    if (status == STATUS_OK) {
        ends[1]->unread = plan->other != 0;
        trace(.operation = TRACE_PIPE_MADE, .object = &ends[0]->object, .peer = ends[1]->process, .id = plan->mode,
              .cause = ends[1]->object.id, .size = plan->capacity);
    } else if (plan->other != 0) {
        account_discharge(account, ACCOUNT_PIPES_UNREAD, 1);
    }
    return status;
}

void pipe_end_set_number(struct pipe_end *end, int32_t number) {
    lock_acquire(&end->pipe->lock);
    end->number = number;
    end->announced = true;
    lock_release(&end->pipe->lock);
}

void pipe_abandon(struct pipe_end *ends[2]) {
    for (size_t i = 0; i < 2; i++)
        object_release(&ends[i]->object);
}

// The creator may have closed its end already: its other side learns both, in this order, or neither where nothing is left for it.
void pipe_announce(struct pipe_end *end) {
    EVENT created, closed;
    pipe_end_event(end, PIPE_CREATED, &created);
    pipe_end_event(end, PIPE_CLOSED, &closed);
    lock_acquire(&end->pipe->lock);
    bool open = pipe_peer_is_open(end);
    end->announced = open || !pipe_keeps_nothing(end->pipe);
    if (end->announced)
        notice_raise(&end->created, &created);
    if (end->announced && !open)
        notice_raise(&end->closed, &closed);
    lock_release(&end->pipe->lock);
}
