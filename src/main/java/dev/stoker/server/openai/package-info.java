/** Servers that speak the form of OpenAI's API. */
@NullMarked
package dev.stoker.server.openai;

import org.jspecify.annotations.NullMarked;
