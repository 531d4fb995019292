using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Storage.Tests.Faults;

/// <summary>What a power cut leaves of the writes that were not synced.</summary>
public enum Survival
{
    /// <summary>All: a process that was killed.</summary>
    All,

    /// <summary>Nothing: the system had not begun to write.</summary>
    Nothing,

    /// <summary>Any part in any order, in pieces of 16 bytes: worse than real disks.</summary>
    AnyPieces,
}

/// <summary>The power went. Not an <see cref="IOException"/>: no store may catch it.</summary>
public sealed class PowerCutException() : Exception("the power went");

/// <summary>A disk in memory that knows what is durable and what only seems so, and fails on demand.</summary>
public sealed class FakeDisk : IStoreDisk
{
    private const int PieceBytes = 16;

    private readonly Lock _gate = new();
    private Dictionary<string, FakeFile> _names = new(StringComparer.Ordinal);
    private Dictionary<string, FakeFile> _durableNames = new(StringComparer.Ordinal);
    private bool _locked;

    public string Directory => "/fake";

    /// <summary>How many more bytes can be written before the power goes, in the middle of a write.</summary>
    public long BytesUntilPowerCut { get; set; } = long.MaxValue;

    public long BytesWritten { get; private set; }

    /// <summary>Where, in the stream of all written bytes, long runs of zeros were written.</summary>
    public IList<(long From, long To)> ZeroRuns { get; } = [];

    public int Syncs { get; private set; }

    public bool FailSyncs { get; set; }

    public bool FailWrites { get; set; }

    public bool FailCreates { get; set; }

    /// <summary>Called in each sync, before it takes effect; may block.</summary>
    public Action? OnSync { get; set; }

    public IDisposable Lock()
    {
        if (_locked)
            throw new StoreOpenException("in use");
        _locked = true;
        return new Release(this);
    }

    public IReadOnlyList<string> List() => _names.Keys.Order(StringComparer.Ordinal).ToList();

    public IStoreFile Create(string name)
    {
        if (FailCreates)
            throw new IOException("injected: no space left on device");
        var file = new FakeFile(this);
        _names.Add(name, file);
        return file;
    }

    public IStoreFile Open(string name) => _names[name];

    public void Delete(string name) => _names.Remove(name);

    public void Rename(string from, string to)
    {
        _names[to] = _names[from];
        _names.Remove(from);
    }

    public void SyncDirectory() => _durableNames = new(_names, StringComparer.Ordinal);

    /// <summary>The present content of a file, to look at and to damage.</summary>
    public byte[] Content(string name) => _names[name].Current;

    public void Flip(string name, int offset)
    {
        _names[name].Current[offset] ^= 0x10;
        _names[name].Durable[offset] ^= 0x10;
    }

    /// <summary>An independent copy as it is now: another process's view, nobody holding it.</summary>
    public FakeDisk Restart(Survival survival, RandomSource? random = null)
    {
        var next = new FakeDisk();
        bool namesSurvive = survival == Survival.All || (survival == Survival.AnyPieces && random!.Next(2) == 0);
        foreach ((string name, FakeFile file) in (namesSurvive ? _names : _durableNames).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            next._names.Add(name, file.Restart(next, survival, random));
        if (survival != Survival.All)
        {
            next._durableNames = new(next._names, StringComparer.Ordinal);
            return next;
        }

        foreach ((string name, FakeFile file) in _durableNames)
            next._durableNames.Add(name, next._names.GetValueOrDefault(name) ?? file.Restart(next, survival, random));
        return next;
    }

    private sealed class Release(FakeDisk disk) : IDisposable
    {
        public void Dispose() => disk._locked = false;
    }

    private sealed class FakeFile(FakeDisk disk) : IStoreFile
    {
        private List<(long Offset, byte[] Bytes)> _pending = [];

        public byte[] Current { get; private set; } = [];

        public byte[] Durable { get; private set; } = [];

        public long Length => Current.Length;

        public void WriteAt(long offset, ReadOnlySpan<byte> bytes)
        {
            if (disk.FailWrites)
                throw new IOException("injected: input/output error");
            bool cut = bytes.Length > disk.BytesUntilPowerCut;
            if (cut)
                bytes = bytes[..(int)disk.BytesUntilPowerCut];
            disk.BytesUntilPowerCut -= bytes.Length;
            if (bytes.Length > 1000 && bytes.IndexOfAnyExcept((byte)0) < 0)
                disk.ZeroRuns.Add((disk.BytesWritten, disk.BytesWritten + bytes.Length));
            disk.BytesWritten += bytes.Length;
            lock (disk._gate)
            {
                Current = Apply(Current, offset, bytes);
                _pending.Add((offset, bytes.ToArray()));
            }

            if (cut)
                throw new PowerCutException();
        }

        public int ReadAt(long offset, Span<byte> buffer)
        {
            lock (disk._gate)
            {
                int count = (int)Math.Clamp(Current.Length - offset, 0, buffer.Length);
                Current.AsSpan((int)offset, count).CopyTo(buffer);
                return count;
            }
        }

        public void Sync()
        {
            disk.OnSync?.Invoke();
            disk.Syncs++;
            if (disk.FailSyncs)
            {
                // As Linux does: the pages count as clean from now on, and will never be written.
                _pending.Clear();
                throw new IOException("injected: fdatasync failed");
            }

            foreach ((long offset, byte[] bytes) in _pending)
                Durable = Apply(Durable, offset, bytes);
            _pending.Clear();
        }

        public void Dispose()
        {
        }

        public FakeFile Restart(FakeDisk next, Survival survival, RandomSource? random)
        {
            var file = new FakeFile(next) { Durable = (byte[])Durable.Clone() };
            if (survival == Survival.All)
            {
                file.Current = (byte[])Current.Clone();
                file._pending = [.. _pending];
                return file;
            }

            if (survival == Survival.AnyPieces)
            {
                foreach ((long offset, byte[] bytes) in _pending)
                    file.ApplySome(offset, bytes, random!);
            }

            file.Current = (byte[])file.Durable.Clone();
            return file;
        }

        private void ApplySome(long offset, byte[] bytes, RandomSource random)
        {
            for (int at = 0; at < bytes.Length; at += PieceBytes)
            {
                if (random.Next(2) == 0)
                    Durable = Apply(Durable, offset + at, bytes.AsSpan(at, Math.Min(PieceBytes, bytes.Length - at)));
            }
        }

        private static byte[] Apply(byte[] content, long offset, ReadOnlySpan<byte> bytes)
        {
            if (content.Length < offset + bytes.Length)
                Array.Resize(ref content, (int)offset + bytes.Length);
            bytes.CopyTo(content.AsSpan((int)offset));
            return content;
        }
    }
}
