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

    void give(int chunkIndex, long offset, long bytes) {
        long size = aligned(bytes);
        if (size == 0) {
            return;
        }
        List<Block> free = chunks.get(chunkIndex).free;
        int at = 0;
        while (at < free.size() && free.get(at).offset < offset) {
            at++;
        }
        Block before = at > 0 ? free.get(at - 1) : null;
        Block after = at < free.size() ? free.get(at) : null;
        boolean joinsBefore = before != null && before.offset + before.size == offset;
        boolean joinsAfter = after != null && offset + size == after.offset;
        if (before != null && joinsBefore) {
            before.size += size;
            if (after != null && joinsAfter) {
                before.size += after.size;
                free.remove(at);
            }
        } else if (after != null && joinsAfter) {
            after.offset = offset;
            after.size += size;
        } else {
            free.add(at, new Block(offset, size));
        }
    }

    /** Returns the bytes that were needed at the worst moment. */
    long most() {
        return chunks.stream().mapToLong(c -> c.most).sum();
    }
}
