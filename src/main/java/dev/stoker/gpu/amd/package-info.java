/** GPUs of AMD by the kernel's files. */
@NullMarked
package dev.stoker.gpu.amd;

import org.jspecify.annotations.NullMarked;
