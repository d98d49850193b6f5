/* Square matrices, multiplied by several threads. */
#ifndef MATRIX_H
#define MATRIX_H

/* Multiplies two of that size and prints what came out, by `print`, a line at a time. */
void matrix_product(int size, int workers, void (*print)(const char *line));

#endif
