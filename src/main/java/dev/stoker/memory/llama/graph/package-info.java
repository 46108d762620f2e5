/**
 * llama.cpp's graph of one batch, cut into parts by device and laid out in buffers as its scheduler
 * and its graph allocator do it: what compute buffers take, without computing anything.
 */
@NullMarked
package dev.stoker.memory.llama.graph;

import org.jspecify.annotations.NullMarked;
