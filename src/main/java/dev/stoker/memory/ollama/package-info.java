/** What Ollama's scheduler reckons with, right or wrong. */
@NullMarked
package dev.stoker.memory.ollama;

import org.jspecify.annotations.NullMarked;
