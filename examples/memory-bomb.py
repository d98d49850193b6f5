# warder run examples/memory-bomb.py --memory 64MiB; echo $?        (122: the memory limit ended it)
blocks = []
while True:
    blocks.append(bytearray(1024 * 1024))
