package dev.stoker.suite;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.suite.picture.Drawing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A picture that goes with a test. Immutable. */
public sealed interface Picture {

    /**
     * Returns the PNG or JPEG file.
     *
     * @throws UserError if it is not there any more, or another one
     */
    byte[] bytes();

    /** One that is drawn here, from figures that the suite gives. */
    record Drawn(Drawing drawing) implements Picture {
        @Override
        public byte[] bytes() {
            return drawing.png();
        }
    }

    /**
     * One that somebody has.
     *
     * @param path absolute
     * @param sha256 of the file, when the suite was read
     */
    record Stored(Path path, String sha256) implements Picture {
        static final long LARGEST = 20L << 20;

        /** Looks at a file now, and keeps what it is. */
        static Stored look(Path path) throws IOException {
            if (Files.size(path) > LARGEST) {
                throw new IOException("it is larger than 20 MiB");
            }
            byte[] bytes = Files.readAllBytes(path);
            boolean png = bytes.length > 8 && bytes[0] == (byte) 0x89 && bytes[1] == 'P';
            boolean jpeg = bytes.length > 8 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xd8;
            if (!png && !jpeg) {
                throw new IOException("it is neither PNG nor JPEG");
            }
            return new Stored(path.toAbsolutePath().normalize(), hash(bytes));
        }

        @Override
        public byte[] bytes() {
            try {
                byte[] bytes = Files.readAllBytes(path);
                if (!hash(bytes).equals(sha256)) {
                    throw new UserError(
                            ExitCode.REFUSED,
                            "The picture " + path + " is not the one that the run began with.",
                            "Put the old one back, or start a new run.");
                }
                return bytes;
            } catch (IOException e) {
                throw new UserError(
                        ExitCode.WRONG_USE,
                        "The picture "
                                + path
                                + " can not be read: "
                                + Text.plain(String.valueOf(e.getMessage())),
                        "Put it back, or start a new run.",
                        e);
            }
        }

        private static String hash(byte[] bytes) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                return HexFormat.of().formatHex(digest.digest(bytes));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }
    }
}
