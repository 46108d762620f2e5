/** llama-server, with one model and as router. */
@NullMarked
package dev.stoker.server.llamacpp;

import org.jspecify.annotations.NullMarked;
