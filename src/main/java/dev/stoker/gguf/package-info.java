/** Reads the headers of GGUF files; pure but for the file that it is handed. */
@NullMarked
package dev.stoker.gguf;

import org.jspecify.annotations.NullMarked;
