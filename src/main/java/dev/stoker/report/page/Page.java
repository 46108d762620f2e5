package dev.stoker.report.page;

import dev.stoker.report.draw.Html;

import java.util.List;

/**
 * The frame of a page that needs nothing else: no script, no font, no picture from anywhere. Its
 * own policy forbids a browser to fetch something. Pure.
 */
public final class Page {
    private Page() {}

    /** A run that was made on a simulated box. */
    public record Simulated(String run, String box) {

        /** Returns what has to be said before anything else. */
        public String sentence() {
            return "Run "
                    + run
                    + " was made on the box '"
                    + box
                    + "' of stoker sim, no real hardware; times are simulated time.";
        }
    }

    /** Begins a page; the warnings that a run was simulated come before its title. */
    public static Html begin(String title, List<Simulated> simulated) {
        Html out = new Html().raw("<!doctype html>\n<html lang=\"en\"><head>\n");
        out.raw("<meta charset=\"utf-8\">\n");
        out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';");
        out.raw(" style-src 'unsafe-inline'\">\n");
        out.element("title", title);
        out.raw("\n<style>\n" + PageStyle.CSS + "</style>\n</head><body>\n");
        for (Simulated s : simulated) {
            out.raw("<div class=\"simulated\"><strong>SIMULATED</strong> ");
            out.text(s.sentence()).raw("</div>\n");
        }
        return out.raw("<header>").element("h1", title).raw("</header>\n<main>\n");
    }

    /** Ends a page and returns it. */
    public static String end(Html out) {
        out.raw("</main>\n<footer>");
        out.raw("Made by Stoker from the files of the run. Time is monotonic, wall time only");
        out.raw(" labels; memory is in binary units (GiB). – is unknown, never 0.");
        return out.raw("</footer>\n</body></html>\n").toString();
    }
}
