# Files outlive their service: run inside Parley by test_files.py. KILLS says how often it is ended while files are written.
# What is written comes from the shell itself; each `restart` is a program that the service has to bring anew.
line="the quick brown fox jumps over the lazy dog, and a service is ended meanwhile:"

write() {
    while [ $i -lt $1 ]; do
        { echo $line $i; echo $line $i; echo $i $line $i $line; } > $i || echo "not ok file $i is written"
        i=$((i + 1))
    done
}

kill_often() {
    k=0
    while [ $k -lt $KILLS ]; do
        restart files || echo "not ok it is ended"
        k=$((k + 1))
    done
    echo > /tmp/over
}

interfaces | grep files
mkdir /tmp/many /tmp/same
cd /tmp/same && i=0 && write 1000
cd /tmp/many && i=0 && write 700
kill_often &
write 1000
while ! [ -e /tmp/over ]; do sleep 0.05; done
(cd /tmp/same && ls | sort -n | xargs cksum) > /tmp/wanted
(cd /tmp/many && ls | sort -n | xargs cksum) > /tmp/found
cmp /tmp/wanted /tmp/found && echo "ok $(wc -l < /tmp/found) checksums are right"
restart files
ls | sort -n | xargs cksum | cmp - /tmp/wanted && echo "ok after the last end too"
{ echo 1 2 3; restart files; echo 4 5 6; restart files; echo 7 8; } > /tmp/open
echo $(cat /tmp/open)
{ read a; restart files; read b; restart files; read c; } < /tmp/open
echo $a-$b-$c
cp /bin/true /tmp/program
restart files
cmp /bin/true /tmp/program && echo "ok a copy is right"
cat /etc/startup > /dev/null; ls > /dev/null
looks=0
while [ $looks -lt 100 ] && objects process | grep -qE ' (cat|ls)$'; do looks=$((looks + 1)); done
[ $looks -lt 100 ] && echo "ok clients that have ended are let go"
cd / && rm -r /tmp/many && restart files && ls /tmp | grep -c many
interfaces | grep files
