# warder run examples/look-around.sh
echo "I am: $(id)"
echo "I see these processes: $(cd /proc && echo [0-9]*)"
echo "I can write here:"
for directory in /workspace /tmp /dev/shm /usr /etc /; do
  if touch "$directory/probe" 2>/dev/null; then echo "  $directory: yes"; else echo "  $directory: no"; fi
done
if (exec 3<>/dev/tcp/127.0.0.1/80) 2>/dev/null; then echo 'There is a network'; else echo 'There is no network'; fi
