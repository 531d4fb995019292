using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage.Index;

/// <summary>
/// Where each key's newest record is: one loop's part of one space, one thread. At most 40 bytes per key beyond the key: 24
/// of entry, 5.7 to 11.5 of slots, and what the arena and the buckets round up.
/// </summary>
/// <remarks>
/// Extendible hashing (Fagin et al. 1979) over the hash's top 32 bits, in the order of the hash: a bucket holds all keys of
/// one range of hashes, and is split in two halves of its range when it is full. So
/// 1. the keys of a range are found without looking at others: a partition is a range of the hash's top bits;
/// 2. a scan's cursor is a hash. All before it was told. Buckets that are split or emptied meanwhile do not matter to it;
/// 3. growing holds up the loop for the time of one bucket, whatever the number of keys.
/// The top 8 bits choose a directory, which doubles by itself: directory[bits below those] is the bucket, several times
/// when the bucket's range is wider than the directory's step. Partitions that belong to other loops leave wide buckets
/// without entries. Buckets are not merged: an empty one is 56 bytes.
/// </remarks>
internal sealed class KeyIndex
{
    private const int Directories = 256;
    private const int DirectoryBits = 8;

    // 2^24 buckets hold more keys than a part may have. From there a bucket grows instead: keys that were made to have the
    // same hash cost their own time, not all memory.
    private const int DepthMax = 24;

    // One part of a scan takes some tens of microseconds, and its answer some tens of kilobytes.
    private const int ScanKeys = 1024;

    // Stands where there was never a key, in all indexes: nothing is added to it.
    private static readonly KeyBucket[] Unused = [new KeyBucket(DirectoryBits)];

    private readonly KeyBucket[][] _directories = new KeyBucket[Directories][];
    private readonly IndexEntries _entries = new();
    private long _count;
    private long _liveBytes;
    private long _tableBytes;

    public KeyIndex() => Array.Fill(_directories, Unused);

    /// <summary>May be read by any thread, as may the other figures: each is one aligned number that one thread writes.</summary>
    public long Count => Volatile.Read(ref _count);

    public long LiveBytes => Volatile.Read(ref _liveBytes);

    /// <summary>All memory of the index: entries, buckets, and the keys.</summary>
    public long Bytes => _entries.Bytes + Volatile.Read(ref _tableBytes);

    public bool TryFind(ReadOnlySpan<byte> key, ulong hash, out LogPosition at, out int recordBytes)
    {
        uint top = TopOf(hash);
        int number = BucketOf(top).Find(_entries, key, top);
        if (number < 0)
        {
            (at, recordBytes) = (default, 0);
            return false;
        }

        ref IndexEntry entry = ref _entries[number];
        (at, recordBytes) = (LogPosition.Unpack(entry.Place), entry.RecordBytes);
        return true;
    }

    /// <summary>Points a key at a record; an older one of the key is forgotten.</summary>
    public void Put(ReadOnlySpan<byte> key, ulong hash, LogPosition at, int recordBytes)
    {
        uint top = TopOf(hash);
        int number = BucketOf(top).Find(_entries, key, top);
        if (number < 0)
            number = Add(key, top);
        ref IndexEntry entry = ref _entries[number];
        Volatile.Write(ref _liveBytes, _liveBytes + recordBytes - entry.RecordBytes);
        entry.Place = at.Packed;
        entry.RecordBytes = recordBytes;
    }

    /// <returns>False when the key was not there.</returns>
    public bool Remove(ReadOnlySpan<byte> key, ulong hash)
    {
        uint top = TopOf(hash);
        KeyBucket bucket = BucketOf(top);
        int number = bucket.Find(_entries, key, top);
        if (number < 0)
            return false;
        Volatile.Write(ref _liveBytes, _liveBytes - _entries[number].RecordBytes);
        int before = bucket.Bytes;
        bucket.Remove(_entries, number);
        _entries.Remove(number);
        NoteTables(bucket.Bytes - before);
        Volatile.Write(ref _count, _count - 1);
        return true;
    }

    /// <summary>See <see cref="Core.Replica.StoreScan"/>: adds the keys of the next part of a range.</summary>
    /// <param name="cursor">0, or what the last call returned: the top bits of the first hash that was not told.</param>
    /// <returns>The next cursor; −1 when all were told.</returns>
    public long Scan(ulong firstHash, ulong lastHash, long cursor, List<StoreKey> found)
    {
        Invariant.Require(cursor is >= 0 and <= uint.MaxValue, "a scan goes on with the cursor of its last answer", cursor);
        ulong from = Math.Max(firstHash, (ulong)cursor << 32);
        if (from > lastHash)
            return -1;
        long next = TopOf(from);
        for (int examined = 0; examined < ScanKeys;)
        {
            KeyBucket bucket = BucketOf((uint)next);
            Tell(bucket, from, lastHash, found);
            examined += 1 + bucket.Count;
            long width = 1L << (32 - bucket.Depth);
            next = (next & -width) + width;
            if (next > TopOf(lastHash))
                return -1;
        }

        return next;
    }

    private void Tell(KeyBucket bucket, ulong from, ulong lastHash, List<StoreKey> found)
    {
        foreach (int value in bucket.Slots)
        {
            if (value == 0)
                continue;
            ref IndexEntry entry = ref _entries[value - 1];
            if (entry.HashTop < TopOf(from) || entry.HashTop > TopOf(lastHash))
                continue;
            bool valid = StoreKey.TryRead(_entries.KeyOf(entry).ToArray(), out StoreKey? key);
            Invariant.Require(valid, "a key in the index is a store key");
            if (key!.Hash >= from && key.Hash <= lastHash)
                found.Add(key);
        }
    }

    private int Add(ReadOnlySpan<byte> key, uint top)
    {
        if (_directories[top >> (32 - DirectoryBits)] == Unused)
            _directories[top >> (32 - DirectoryBits)] = [new KeyBucket(DirectoryBits)];
        KeyBucket bucket = BucketOf(top);
        while (bucket.IsFull && bucket.Depth < DepthMax)
        {
            Split(bucket, top);
            bucket = BucketOf(top);
        }

        int number = _entries.Add(key, top);
        int before = bucket.Bytes;
        bucket.Add(_entries, number);
        NoteTables(bucket.Bytes - before);
        Volatile.Write(ref _count, _count + 1);
        return number;
    }

    private void Split(KeyBucket bucket, uint top)
    {
        ref KeyBucket[] directory = ref _directories[top >> (32 - DirectoryBits)];
        int length = directory.Length;
        if (length == 1 << (bucket.Depth - DirectoryBits))
            directory = Doubled(directory);
        var halves = new[] { new KeyBucket(bucket.Depth + 1), new KeyBucket(bucket.Depth + 1) };
        foreach (int value in bucket.Slots)
        {
            if (value != 0)
                halves[(_entries[value - 1].HashTop >> (31 - bucket.Depth)) & 1].Add(_entries, value - 1);
        }

        int places = directory.Length >> (bucket.Depth - DirectoryBits);
        int first = PlaceIn(directory, top) & -places;
        directory.AsSpan(first, places / 2).Fill(halves[0]);
        directory.AsSpan(first + (places / 2), places / 2).Fill(halves[1]);
        NoteTables(halves[0].Bytes + halves[1].Bytes - bucket.Bytes + ((directory.Length - length) * sizeof(long)));
    }

    private static KeyBucket[] Doubled(KeyBucket[] directory)
    {
        var doubled = new KeyBucket[2 * directory.Length];
        for (int i = 0; i < doubled.Length; i++)
            doubled[i] = directory[i / 2];
        return doubled;
    }

    private KeyBucket BucketOf(uint top)
    {
        KeyBucket[] directory = _directories[top >> (32 - DirectoryBits)];
        return directory[PlaceIn(directory, top)];
    }

    // The bits below those that chose the directory, scaled to its length.
    private static int PlaceIn(KeyBucket[] directory, uint top) => (int)(((ulong)(top << DirectoryBits) * (uint)directory.Length) >> 32);

    private static uint TopOf(ulong hash) => (uint)(hash >> 32);

    private void NoteTables(int bytes)
    {
        if (bytes != 0)
            Volatile.Write(ref _tableBytes, _tableBytes + bytes);
    }
}
