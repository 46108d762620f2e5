/** NVIDIA's management library, bound by the foreign function interface; no process is started. */
@NullMarked
package dev.stoker.gpu.nvml;

import org.jspecify.annotations.NullMarked;
