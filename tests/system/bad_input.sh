# What bad input gets of each tool: run inside Parley by test_bad_input.py. Each check is a line `ok NAME` or `not ok NAME: why`.
mkdir -p /tmp/bad && cd /tmp/bad || exit 1
printf 'a\nb\n' > good
> empty
yes abcdefg | tr -d '\n' | head -c 1048576 > long
echo >> long
printf 'caf\351 \377\376\200 \303\n\001\033[\n' > bytes
mkdir -p directory

# check NAME TOOL THING COMMAND...: the command fails, and its first complaint names the tool and the thing.
check() {
    name=$1 tool=$2 thing=$3
    shift 3
    "$@" < /dev/null > out 2> err
    status=$?
    read -r first < err
    if [ $status -eq 0 ] || [ $status -gt 127 ]; then
        echo "not ok $name: status $status"
    else
        case $first in
        "$tool: "*"$thing"*) echo "ok $name" ;;
        *) echo "not ok $name: said '$first'" ;;
        esac
    fi
}

# passes NAME COMMAND...: the command succeeds without a complaint.
passes() {
    name=$1
    shift
    "$@" > out 2> err
    status=$?
    if [ $status -eq 0 ] && ! [ -s err ]; then
        echo "ok $name"
    else
        echo "not ok $name: status $status, $(head -n 1 err)"
    fi
}

# same NAME FILE: what the last command wrote is this file.
same() {
    if cmp -s out $2; then
        echo "ok $1"
    else
        echo "not ok $1: it wrote something else, $(wc -c < out) bytes"
    fi
}

readers='cat|head|tail|wc|cksum|grep a|sort|uniq|cut -c 1|rev|tac|nl|sed p|hexdump|cmp good|diff good|more'
files='ls|cp|mv|rm|mkdir|rmdir|touch|tee|stat|find|sh'
words='basename|dirname|tr|sleep|date|env|xargs|seq|yes|time|kill|keymap|restart'
others='ps|top|uptime|uname|free|reboot|poweroff|clear|interfaces|debug|objects|waits|limits|events|gate|trace|snake|draw|gdbserver|bench|compare|counter|deadlock'
plain='echo|printf|test' # they take any word for what it is
# What is no tool: services; and two that look at no word.
beside='init|files|gdb-files|memory|console|host|clock|display|keyboard|serial|selftest|true|false'

echo "$readers" | tr '|' '\n' > readers
echo "$readers|$files|$words|$others" | tr '|' '\n' > all
echo "$readers|$files|$words|$others|$plain|$beside" | tr '|' '\n' | cut -d ' ' -f 1 | sort > known
for tool in $(ls /bin); do
    grep -q -x "$tool" known || echo "not ok $tool stands in no table here"
done
while read -r tool rest; do
    passes "$tool says its usage" /bin/$tool --help
    grep -q "^usage: $tool" out || echo "not ok $tool says its usage: it begins '$(head -n 1 out)'"
    check "$tool has no such option" $tool nonsense /bin/$tool --nonsense
    check "$tool with its usage's output closed" $tool '' sh -c "/bin/$tool --help >&-"
done < all
for tool in $(echo "$plain" | tr '|' ' '); do
    passes "$tool says its usage" /bin/$tool --help
    grep -q "^usage: $tool" out || echo "not ok $tool says its usage: it begins '$(head -n 1 out)'"
done
while read -r tool rest; do
    check "$tool of a missing file" $tool /no/such/file $tool $rest /no/such/file
    check "$tool of a file that is none" $tool good/file $tool $rest good/file
    case $tool in
    diff | cmp) ;;
    *) check "$tool of a directory" $tool directory $tool $rest directory ;;
    esac
    check "$tool with its output closed" $tool '' sh -c "$tool $rest bytes >&-"
    case $tool in
    grep | diff | cmp) ;;
    *)
        passes "$tool of an empty file" $tool $rest empty
        passes "$tool of a line of a MiB" $tool $rest long
        passes "$tool of bytes that are no text" $tool $rest bytes
        ;;
    esac
done < readers
check "cmp of a directory" cmp directory cmp good directory

for tool in cat 'head -n 5' 'tail -n 5' sort uniq 'sed -n p' 'cut -c 1-' 'grep a' 'tr x x' tee 'nl -bn -w 1 -s ""'; do
    case $tool in
    nl*) ;;
    *)
        sh -c "$tool" < long > out
        same "$tool keeps a line of a MiB" long
        ;;
    esac
done
for tool in cat 'head -n 5' 'tail -n 5' uniq 'sed -n p' 'cut -c 1-' "tr x x" tee; do
    sh -c "$tool" < bytes > out
    same "$tool keeps bytes that are no text" bytes
done
for tool in 'grep a' 'cut -c 1' rev tac nl 'sed p' hexdump 'tr a b' tee sort uniq 'xargs echo' wc more; do
    passes "$tool of nothing at all" sh -c "$tool < empty || [ \$? = 1 ]"
    passes "$tool of bytes from its input" sh -c "$tool < bytes || [ \$? = 1 ]"
done
passes 'diff of bytes' sh -c 'cp bytes bytes2; diff bytes bytes2'
passes 'cmp of a line of a MiB' sh -c 'cp long long2; cmp long long2'
passes 'cp, mv, touch, stat, ls, find and rm of a name that is no text' sh -c '
    name=$(printf "caf\351\377"); cp good "$name"; mv "$name" "x$name"; touch "x$name"; stat "x$name"; ls; find .; rm "x$name"'
check 'echo of more than fits' sh long sh -c '/bin/echo "$(cat long)"'
check 'xargs of a word that fits nowhere' xargs long sh -c 'xargs echo < long'
for tool in rev tac; do
    $tool long | $tool > out
    same "$tool twice keeps a line of a MiB" long
done

for command in 'ls good' 'basename a/b' 'dirname a/b' uname 'seq 3' 'date' 'stat good' 'find good' 'env' 'ps' 'free' 'uptime' 'top -b' 'tr a b < good' 'yes' \
    'tee < good' 'objects' 'waits' 'limits' 'gate' 'interfaces' 'events -n 1 -i 1' 'clear' \
    'kill -l' 'echo x' 'printf x' 'trace true'; do
    check "$command with its output closed" "${command%% *}" '' sh -c "/bin/$command >&-"
done
for command in 'cp good x >&-' 'mv x y >&-' 'mkdir z >&-' 'touch z/a >&-' 'rm y z/a >&-' 'rmdir z >&-' 'sleep 0 >&-' 'true >&-'; do
    passes "$command, which writes nothing" sh -c "$command"
done
check 'echo of the shell with its output closed' sh echo sh -c 'echo x >&-'
check 'printf of the shell with its output closed' sh printf sh -c 'printf x >&-'

check 'cp of a missing file' cp /no/such/file cp /no/such/file x
check 'cp of a directory' cp directory cp directory x
check 'cp to where nothing is' cp /no/such cp good /no/such/place
check 'mv of a missing file' mv /no/such/file mv /no/such/file x
check 'rm of a missing file' rm /no/such/file rm /no/such/file
check 'rm of a directory' rm directory rm directory
check 'rmdir of a file' rmdir good rmdir good
check 'mkdir of what is there' mkdir directory mkdir directory
check 'mkdir where nothing is' mkdir /no/such mkdir /no/such/place
check 'touch where nothing is' touch /no/such touch /no/such/place
check 'tee to a directory' tee directory tee directory
check 'stat of a missing file' stat /no/such/file stat /no/such/file
check 'find of a missing file' find /no/such/file find /no/such/file
check 'ls of a missing file' ls /no/such/file ls /no/such/file
passes "kill says its usage" /bin/kill --help
for builtin in kill cd jobs fg wait read export history printf exit source trap; do
    passes "the shell's own $builtin says its usage" $builtin --help
done
check "kill has no such option" kill nonsense /bin/kill --nonsense
check "kill of no number" kill x /bin/kill x
check "kill of the shell, of no number" sh x kill x
check 'gate of no process' gate 999999 gate 999999
check 'gate of no kind' gate x=1 gate 1 x=1
check 'gate of no users' gate events=x gate 1 events=x
check "gate of another user's process" gate 1 gate 1 events=all
check 'limits of no process' limits 999999 limits 999999
check 'limits of no number' limits x limits x
check 'objects of no kind' objects nonsense objects nonsense
check 'waits of no process' waits x waits x
check 'events of no number' events x events -n x
check 'keymap of no layout' keymap '' keymap nonsense
check 'restart of no service' restart nonsense restart nonsense
check 'trace of no command' trace nonsense trace nonsense
check 'time of no command' time nonsense time nonsense
check 'env of no command' env nonsense env nonsense
check 'xargs of no command' xargs nonsense xargs nonsense
check 'find of no test' find nonsense find . -nonsense
check 'test of no condition' test nonsense /bin/test nonsense -eq 1
check 'printf of no format' printf '' /bin/printf
check 'uniq of no number' uniq x uniq -f x good
check 'hexdump of no number' hexdump x hexdump -n x good
check 'tail of no number' tail x tail -n x good
check 'grep of no count' grep x grep -A x a good
check 'top of no number' top x top -b -n x
check 'mv to where nothing is' mv /no/such mv good /no/such/place
check 'mv of a directory into itself' mv directory mv directory directory/inner
check 'rmdir of what is not empty' rmdir directory sh -c 'touch directory/x; rmdir directory'
check 'cat of a file that may not be read' cat /no/such cat /no/such
check 'a command that is none' sh nonsense sh -c nonsense
check 'a command that is a directory' sh directory sh -c ./directory
check 'a syntax error' sh '"fi"' sh -c 'echo a; fi'
check 'sleep of no number' sleep x sleep x
check 'seq of no number' seq x seq x
check 'basename of no path' basename path basename
check 'basename of a word too many' basename c basename a b c
check 'dirname of no path' dirname path dirname
check 'uname of a word' uname x uname x
check 'tr of one set' tr set tr a
check 'cut of no list' cut list cut good
check 'sort of no key' sort q sort -k q good
check 'grep of no pattern' grep pattern grep
check 'grep of a wrong pattern' grep '[' grep 'x[' good
check 'sed of a wrong script' sed expression sed k good
check 'head of no number' head x head -n x good
check 'date of a wrong format' date x date x
check 'a script that is missing' sh /no/such/file sh /no/such/file
check 'a script that is a directory' sh directory sh directory
check 'a redirection to a directory' sh directory sh -c 'echo x > directory'
check 'a redirection from nothing' sh /no/such/file sh -c 'cat < /no/such/file'

yes | head -c 300000000 > full 2> err
status=$?
case $status$(cat err) in
1"head: write error: No space left on device") echo "ok a full disk is told" ;;
*) echo "not ok a full disk is told: status $status, $(cat err)" ;;
esac
# full NAME TEXT COMMAND...: there is no room for what is written now, not even for a complaint in a file.
full() {
    name=$1 text=$2
    shift 2
    said=$("$@" 2>&1 | head -n 1)
    case $said in
    "$text"*"No space left on device") echo "ok $name" ;;
    *) echo "not ok $name: said '$said'" ;;
    esac
}
full 'cp to a full disk' cp: cp full full2
full 'tee to a full disk' tee: sh -c 'tee full2 < full > /dev/null'
full 'the shell at a full disk' 'sh: echo: write error' \
    sh -c 'x=$(head -c 100000 full | tr "\n" -); while echo $x >> full2; do :; done'
for tool in cat 'head -n 5' 'tail -n 5' sort uniq 'cut -c 1-' rev tac nl 'sed p' 'grep a' hexdump 'tr a b' more; do
    full "$tool to a full disk" "${tool%% *}: " sh -c "while $tool < long >> full2; do :; done"
done
rm -f full full2
echo after > again
passes 'a disk that was full takes files again' grep after again
echo end
