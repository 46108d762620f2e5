/** NVIDIA Jetson: Orin and older by the kernel's files, Thor by these and NVML. */
@NullMarked
package dev.stoker.gpu.tegra;

import org.jspecify.annotations.NullMarked;
