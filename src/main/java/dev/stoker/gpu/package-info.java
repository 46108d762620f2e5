/**
 * GPUs: immutable samples, the sources that make them, and a collector that no driver can hold up.
 */
@NullMarked
package dev.stoker.gpu;

import org.jspecify.annotations.NullMarked;
