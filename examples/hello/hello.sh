cat /etc/greeting
echo "name: $NAME, host: $(hostname), process: $$, user: $(id -u)"
