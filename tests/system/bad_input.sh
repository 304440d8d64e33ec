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

readers='cat|head|tail|wc|grep a|sort|uniq|cut -c 1|rev|nl|sed p|hexdump|cmp good|diff good|more'
others='ls|cp|mv|rm|mkdir|rmdir|touch|tee|tr|sleep|date|ps|free|uptime|top|env|xargs|stat|find|seq|yes|time|limits|objects|waits|events'

echo "$readers" | tr '|' '\n' > readers
echo "$readers|$others" | tr '|' '\n' > all
while read -r tool rest; do
    passes "$tool says its usage" $tool --help
    grep -q "^usage: $tool" out || echo "not ok $tool says its usage: it begins '$(head -n 1 out)'"
    check "$tool has no such option" $tool nonsense $tool --nonsense
done < all
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
rev long | rev > out
same "rev twice keeps a line of a MiB" long

for command in 'ls good' 'seq 3' 'date' 'stat good' 'find good' 'env' 'ps' 'free' 'uptime' 'top -b' 'tr a b < good' 'yes'; do
    check "$command with its output closed" "${command%% *}" '' sh -c "$command >&-"
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
check "kill has no such option" kill nonsense /bin/kill --nonsense
check "kill of no number" kill x /bin/kill x
check "kill of the shell, of no number" sh x kill x
check 'sleep of no number' sleep x sleep x
check 'seq of no number' seq x seq x
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
rm -f full full2 full3
echo after > again
passes 'a disk that was full takes files again' grep after again
echo end
