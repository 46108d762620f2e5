package dev.stoker.tui.screen;

/** Draws shares as bars of one row. Pure. */
public final class Bar {
    private Bar() {}

    /** Draws a share from 0 to 1 over so many cells. */
    public static void draw(
            Area area, Glyphs glyphs, int x, int y, int cells, double share, Role role) {
        draw(area, glyphs, x, y, cells, share, role, 0, role);
    }

    /** Draws two shares behind each other, the second from where the first one ends. */
    public static void draw(
            Area area,
            Glyphs glyphs,
            int x,
            int y,
            int cells,
            double share,
            Role role,
            double more,
            Role moreRole) {
        int eighths = (int) Math.round(Math.clamp(share, 0, 1) * cells * 8);
        if (share > 0 && eighths == 0) {
            eighths = 1; // A little is not nothing.
        }
        int both = (int) Math.round(Math.clamp(share + more, 0, 1) * cells * 8);
        for (int i = 0; i < cells; i++) {
            int own = Math.clamp(eighths - 8L * i, 0, 8);
            int with = Math.clamp(both - 8L * i, 0, 8);
            if (own > 0) {
                area.set(x + i, y, glyphs.fromLeft(own), Style.of(role));
            } else if (with > 0) {
                area.set(x + i, y, glyphs.fromLeft(with), Style.of(moreRole));
            } else {
                area.set(x + i, y, glyphs.emptyBar(), Style.of(Role.LINE));
            }
        }
    }
}
