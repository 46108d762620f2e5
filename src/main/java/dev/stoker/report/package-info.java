/** Makes documents of runs: HTML, Markdown, CSV. Pure; the commands read and write the files. */
@NullMarked
package dev.stoker.report;

import org.jspecify.annotations.NullMarked;
