/** Drawings and tables as text: HTML, SVG and Markdown. Pure. */
@NullMarked
package dev.stoker.report.draw;

import org.jspecify.annotations.NullMarked;
