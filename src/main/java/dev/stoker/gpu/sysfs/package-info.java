/** Reads GPUs' figures from the kernel's files; what the sources of several vendors share. */
@NullMarked
package dev.stoker.gpu.sysfs;

import org.jspecify.annotations.NullMarked;
