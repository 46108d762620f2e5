/** Finds out which sources of GPUs a machine has. */
@NullMarked
package dev.stoker.gpu.find;

import org.jspecify.annotations.NullMarked;
