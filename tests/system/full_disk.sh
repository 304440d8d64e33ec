# What tools say and leave when the file system is full: run inside Parley by test_full_disk.py. Each check is a line `ok NAME` or
# `not ok NAME: why`.
mkdir -p /tmp/disk && cd /tmp/disk || exit 1
yes abcdefg | head -c 1048576 > good
cp good kept; cp good edited; cp good longer
echo first > lines

# fill: no room is left, not even for a small file; the size of the largest part is in $size.
fill() {
    yes | head -c 300000000 > full 2> /tmp/fill-error
    size=$(wc -c < full)
    while cat good >> rest; do :; done 2> /tmp/fill-error
}

# holds NAME COMMAND...: the command succeeds.
holds() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name: status $?"; fi
}

# full NAME TEXT COMMAND...: the command fails for lack of room, and its complaint is TEXT and the reason.
full() {
    name=$1 text=$2
    shift 2
    said=$("$@" 2>&1 > /dev/null < good)
    status=$?
    case $status-$said in
    [1-9]-"$text: No space left on device") echo "ok $name" ;;
    *) echo "not ok $name: status $status, '$said'" ;;
    esac
    rm -f new
}

fill
full 'cp' 'cp: new' cp good new
full 'tee' 'tee: new' tee new
full 'tee at the end of a file' 'tee: longer' tee -a longer
full 'sort -o' 'sort: new' sort -o new good
full 'w of sed' 'sed: new' sed -n 'w new' good
full 'w of an s of sed' 'sed: new' sed -n 's/a/b/w new' good
full 'sed -i' 'sed: edited' sed -i 's/a/bb/' edited
full 'a redirection' 'cat: write error' sh -c 'cat good > new'
full 'a redirection to the end of a file' 'cat: write error' sh -c 'cat good >> longer'
full 'a builtin' 'sh: echo: write error' sh -c 'x=$(cat good); echo "$x" >> lines'
holds 'what was copied from is whole' cmp good kept
holds 'sed -i leaves the file as it was' cmp edited kept
holds 'sed -i leaves no other file' [ ! -e edited.sed ]
holds 'what was added to has kept its beginning' sh -c 'head -c 1048576 longer | cmp - kept'
holds 'the first line stands' [ "$(head -n 1 lines)" = first ]

rm -f full rest lines longer
holds 'there is room after rm' cp good new
holds 'what was written then is whole' cmp new kept
first=$size
rm -f new
fill
[ "$size" -ge $((first - 1048576)) ] && echo "ok as much fits as before" || echo "not ok as much fits as before: $size, $first"
rm -f full rest
holds 'there is room again' cp good new
echo end
