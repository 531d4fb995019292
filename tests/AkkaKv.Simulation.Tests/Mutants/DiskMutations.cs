using System.Buffers.Binary;
using AkkaKv.Storage.Disk;
using AkkaKv.Storage.Log;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>A disk that says that it synced, and did not.</summary>
internal sealed class LyingDisk(IStoreDisk inner) : IStoreDisk
{
    public string Directory => inner.Directory;

    public IDisposable Lock() => inner.Lock();

    public IReadOnlyList<string> List() => inner.List();

    public IStoreFile Create(string name) => new LyingFile(inner.Create(name));

    public IStoreFile Open(string name) => new LyingFile(inner.Open(name));

    public void Delete(string name) => inner.Delete(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void SyncDirectory() => inner.SyncDirectory();

    private sealed class LyingFile(IStoreFile inner) : IStoreFile
    {
        private int _syncs;

        public long Length => inner.Length;

        public void WriteAt(long offset, ReadOnlySpan<byte> bytes) => inner.WriteAt(offset, bytes);

        public int ReadAt(long offset, Span<byte> buffer) => inner.ReadAt(offset, buffer);

        // Nine of ten syncs reach the disk: a lie that is easy to miss.
        public void Sync()
        {
            if (++_syncs % 10 != 0)
                inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>A disk that returns other bytes than were written, once in a while.</summary>
internal sealed class ForgingDisk(IStoreDisk inner) : IStoreDisk
{
    public string Directory => inner.Directory;

    public IDisposable Lock() => inner.Lock();

    public IReadOnlyList<string> List() => inner.List();

    public IStoreFile Create(string name) => new ForgingFile(inner.Create(name));

    public IStoreFile Open(string name) => new ForgingFile(inner.Open(name));

    public void Delete(string name) => inner.Delete(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void SyncDirectory() => inner.SyncDirectory();

    private sealed class ForgingFile(IStoreFile inner) : IStoreFile
    {
        private int _reads;

        public long Length => inner.Length;

        public void WriteAt(long offset, ReadOnlySpan<byte> bytes) => inner.WriteAt(offset, bytes);

        public int ReadAt(long offset, Span<byte> buffer)
        {
            int read = inner.ReadAt(offset, buffer);
            if (++_reads % 50 == 0 && read > 40)
                buffer[40] ^= 1;
            return read;
        }

        public void Sync() => inner.Sync();

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>A disk on which every removal becomes a record that says nothing: done for now, forgotten at recovery.</summary>
internal sealed class ForgetsRemovals(IStoreDisk inner) : IStoreDisk
{
    public string Directory => inner.Directory;

    public IDisposable Lock() => inner.Lock();

    public IReadOnlyList<string> List() => inner.List();

    public IStoreFile Create(string name) => new ForgettingFile(inner.Create(name));

    public IStoreFile Open(string name) => new ForgettingFile(inner.Open(name));

    public void Delete(string name) => inner.Delete(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void SyncDirectory() => inner.SyncDirectory();

    private sealed class ForgettingFile(IStoreFile inner) : IStoreFile
    {
        public long Length => inner.Length;

        public void WriteAt(long offset, ReadOnlySpan<byte> bytes)
        {
            byte[] changed = bytes.ToArray();
            if (offset >= SegmentHeader.Bytes)
                Forget(offset, changed);
            inner.WriteAt(offset, changed);
        }

        public int ReadAt(long offset, Span<byte> buffer) => inner.ReadAt(offset, buffer);

        public void Sync() => inner.Sync();

        public void Dispose() => inner.Dispose();

        private void Forget(long offset, Span<byte> bytes)
        {
            var header = new byte[SegmentHeader.Bytes];
            inner.ReadAt(0, header);
            uint seed = RecordFormat.StoreSeed(BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16)));
            var at = new LogPosition(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12)), (uint)offset);
            while (RecordFormat.TryRead(bytes, seed, at, out RecordView record))
            {
                int length = record.Bytes;
                if (record.Type is RecordType.Removed or RecordType.HintRemoved)
                    RecordFormat.Write(bytes, seed, at, record.Floor, RecordType.Mark, record.Key.ToArray(), default);
                bytes = bytes[length..];
                at = at with { Offset = at.Offset + (uint)length };
            }
        }
    }
}
