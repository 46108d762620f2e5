/** Ollama by its own API. */
@NullMarked
package dev.stoker.server.ollama;

import org.jspecify.annotations.NullMarked;
