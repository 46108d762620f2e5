package dev.stoker.memory.llama.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * One device's buffer while a graph is laid out: free blocks, best fit first, the last block of all
 * open at its end. A buffer beyond a device's largest one goes on in another chunk.
 */
final class Arena {
    private static final int MOST_CHUNKS = 16;
    private static final long ENDLESS = Long.MAX_VALUE / 2;

    private static final class Block {
        private long offset;
        private long size;

        Block(long offset, long size) {
            this.offset = offset;
            this.size = size;
        }
    }

    private static final class Chunk {
        private final List<Block> free = new ArrayList<>();
        private long most;
    }

    /** Where something lies. */
    record Place(int chunk, long offset) {}

    private final long alignment;
    private final long largest;
    private final List<Chunk> chunks = new ArrayList<>();

    Arena(long alignment, long largest) {
        this.alignment = alignment;
        this.largest = Math.min(largest, ENDLESS);
    }

    long aligned(long bytes) {
        return (bytes + alignment - 1) / alignment * alignment;
    }

    Place take(long bytes) {
        long size = aligned(bytes);
        int bestChunk = -1;
        int best = -1;
        for (int c = 0; c < chunks.size(); c++) {
            List<Block> free = chunks.get(c).free;
            long bestSize = Long.MAX_VALUE;
            for (int i = 0; i < free.size() - 1; i++) {
                long have = free.get(i).size;
                if (have >= size && have <= bestSize) {
                    bestChunk = c;
                    best = i;
                    bestSize = have;
                }
            }
        }
        if (best < 0) {
            long bestReuse = Long.MIN_VALUE;
            for (int c = 0; c < chunks.size(); c++) {
                Chunk chunk = chunks.get(c);
                if (chunk.free.isEmpty()) {
                    continue;
                }
                Block last = chunk.free.getLast();
                long reuse = chunk.most - last.offset - size;
                boolean better =
                        (bestReuse < 0 && reuse > bestReuse) || (reuse >= 0 && reuse < bestReuse);
                if (last.size >= size && better) {
                    bestChunk = c;
                    best = chunk.free.size() - 1;
                    bestReuse = reuse;
                }
            }
        }
        if (best < 0) {
            Chunk chunk = new Chunk();
            boolean last = chunks.size() >= MOST_CHUNKS - 1;
            chunk.free.add(new Block(0, last ? ENDLESS : Math.max(size, largest)));
            chunks.add(chunk);
            bestChunk = chunks.size() - 1;
            best = 0;
        }
        Chunk chunk = chunks.get(bestChunk);
        Block block = chunk.free.get(best);
        Place place = new Place(bestChunk, block.offset);
        block.offset += size;
        block.size -= size;
        if (block.size == 0) {
            chunk.free.remove(best);
        }
        chunk.most = Math.max(chunk.most, place.offset + size);
        return place;
    }

    /** Gives a place back: it joins the first free block that it touches, and that one the next. */
    void give(int chunk, long offset, long bytes) {
        long size = aligned(bytes);
        List<Block> free = chunks.get(chunk).free;
        for (int i = 0; i < free.size(); i++) {
            Block block = free.get(i);
            if (block.offset + block.size == offset) {
                block.size += size;
                join(free, i);
                return;
            }
            if (offset + size == block.offset) {
                block.offset = offset;
                block.size += size;
                if (i > 0) {
                    join(free, i - 1);
                }
                return;
            }
        }
        int at = 0;
        while (at < free.size() && free.get(at).offset < offset) {
            at++;
        }
        free.add(at, new Block(offset, size));
    }

    private static void join(List<Block> free, int first) {
        if (first + 1 < free.size()) {
            Block block = free.get(first);
            Block next = free.get(first + 1);
            if (block.offset + block.size == next.offset) {
                block.size += next.size;
                free.remove(first + 1);
            }
        }
    }

    /** Returns the bytes that were needed at the worst moment. */
    long most() {
        return chunks.stream().mapToLong(c -> c.most).sum();
    }
}
