/** GPUs of Intel by the kernel's files. */
@NullMarked
package dev.stoker.gpu.intel;

import org.jspecify.annotations.NullMarked;
