# warder run examples/summarize.py --file examples/numbers.csv
import csv
import statistics

with open("numbers.csv", newline="") as file:
    rows = list(csv.DictReader(file))
for column in rows[0]:
    values = [float(row[column]) for row in rows]
    print(f"{column}: mean {statistics.mean(values):.2f}, largest {max(values):g}")
