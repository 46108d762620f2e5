/** The machine in one sample: its GPUs, its memory, who uses them, and which model that is. */
@NullMarked
package dev.stoker.machine;

import org.jspecify.annotations.NullMarked;
