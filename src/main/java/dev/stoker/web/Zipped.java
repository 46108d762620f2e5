package dev.stoker.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Zips answers, and remembers the last one: several clients may ask for it. Thread-safe. */
final class Zipped {
    private byte[] plain = new byte[0];
    private byte[] zipped = new byte[0];

    /** Fast: over a loopback or local network a few bytes less are worth no time. */
    private static final class Fast extends GZIPOutputStream {
        Fast(ByteArrayOutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    @SuppressWarnings("ReferenceEquality") // The same array has the same content.
    synchronized byte[] of(byte[] bytes) {
        if (bytes != plain) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4 + 64);
            try (Fast zip = new Fast(out)) {
                zip.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // Memory does not fail.
            }
            zipped = out.toByteArray();
            plain = bytes;
        }
        return zipped;
    }

    /** Returns whether a client takes gzip, by its Accept-Encoding header. */
    static boolean isWanted(String acceptEncoding) {
        for (String one : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = one.split(";", -1);
            if (parts[0].strip().equals("gzip")) {
                return parts.length < 2 || !parts[1].strip().matches("q\\s*=\\s*0(\\.0*)?");
            }
        }
        return false;
    }
}
