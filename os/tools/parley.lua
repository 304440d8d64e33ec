-- Shows a trace of Parley's (trace -o FILE.pcapng) in Wireshark: wireshark -X lua_script:os/tools/parley.lua FILE.pcapng
-- A packet is a struct packet of apps/trace/pcapng.c: the kernel's record (kernel/abi/trace.h), then its ids in words.

local parley = Proto("parley", "Parley IPC")

local RECORD, NAME, WORDS = 64, 24, 16
local TEXT = {process = RECORD, peer = RECORD + NAME, design = RECORD + 2 * NAME, operation = RECORD + 2 * NAME + WORDS}
local TELLS_NAME = {object = true, process = true} -- designs whose records hold a name in place of id, cause and size

local fields = {
    object = ProtoField.uint64("parley.object", "Object"),
    thread = ProtoField.uint64("parley.thread", "Thread"),
    process = ProtoField.uint32("parley.process", "Process"),
    process_name = ProtoField.string("parley.process_name", "Process name"),
    peer = ProtoField.uint32("parley.peer", "Peer"),
    peer_name = ProtoField.string("parley.peer_name", "Peer name"),
    design = ProtoField.string("parley.design", "Design"),
    operation = ProtoField.string("parley.operation", "Operation"),
    processor = ProtoField.uint16("parley.processor", "CPU"),
    status = ProtoField.int32("parley.status", "Status"),
    id = ProtoField.uint64("parley.id", "Id"),
    cause = ProtoField.uint64("parley.cause", "Answers"),
    size = ProtoField.uint64("parley.size", "Size"),
    name = ProtoField.string("parley.name", "Name"),
}
for _, field in pairs(fields) do
    table.insert(parley.fields, field)
end

local function text(buffer, offset, size)
    return buffer(offset, size):stringz()
end

function parley.dissector(buffer, packet, tree)
    if buffer:len() < TEXT.operation + WORDS then
        return 0
    end
    local process, peer = text(buffer, TEXT.process, NAME), text(buffer, TEXT.peer, NAME)
    local design, operation = text(buffer, TEXT.design, WORDS), text(buffer, TEXT.operation, WORDS)
    local status = buffer(36, 4):le_int()
    packet.cols.protocol = "Parley " .. design
    packet.cols.src = process .. " (" .. buffer(24, 4):le_uint() .. ")"
    packet.cols.dst = peer ~= "" and peer .. " (" .. buffer(28, 4):le_uint() .. ")" or ""
    packet.cols.info = operation

    local root = tree:add(parley, buffer(), "Parley " .. design .. " " .. operation)
    root:add(fields.design, buffer(TEXT.design, WORDS), design)
    root:add(fields.operation, buffer(TEXT.operation, WORDS), operation)
    root:add(fields.process_name, buffer(TEXT.process, NAME), process)
    root:add(fields.peer_name, buffer(TEXT.peer, NAME), peer)
    root:add_le(fields.object, buffer(8, 8))
    root:add_le(fields.thread, buffer(16, 8))
    root:add_le(fields.process, buffer(24, 4))
    root:add_le(fields.peer, buffer(28, 4))
    root:add_le(fields.processor, buffer(34, 2))
    root:add_le(fields.status, buffer(36, 4))
    if TELLS_NAME[design] then
        root:add(fields.name, buffer(40, NAME), text(buffer, 40, NAME))
    else
        root:add_le(fields.id, buffer(40, 8))
        root:add_le(fields.cause, buffer(48, 8))
        root:add_le(fields.size, buffer(56, 8))
        packet.cols.info:append(" " .. tostring(buffer(40, 8):le_uint64()))
    end
    if status ~= 0 then
        packet.cols.info:append(", status " .. status)
    end
    return buffer:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, parley)
