using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.World;
using AkkaKv.Storage;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Simulation.Disk;

/// <summary>
/// A disk in memory that knows what is durable and what only seems so. It fails, fills up, rots, and loses what was not
/// synced when its node loses power.
/// </summary>
internal sealed class SimDisk(string directory, RandomSource random) : IStoreDisk
{
    private SortedDictionary<string, SimFile> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, SimFile> _durableNames = new(StringComparer.Ordinal);
    private object? _holder;

    public string Directory => directory;

    public RandomSource Random => random;

    /// <summary>The power goes in the so-manieth call from now on; 0 for never.</summary>
    public int CallsUntilPowerCut { get; set; }

    /// <summary>So many of the next syncs fail.</summary>
    public int FailingSyncs { get; set; }

    /// <summary>So many of the next writes fail.</summary>
    public int FailingWrites { get; set; }

    /// <summary>No file can be made or grow.</summary>
    public bool IsFull { get; set; }

    public IEnumerable<KeyValuePair<string, SimFile>> Files => _names;

    public IDisposable Lock()
    {
        if (_holder is not null)
            throw new StoreOpenException($"{directory} is in use");
        var held = new Hold(this);
        _holder = held;
        return held;
    }

    public IReadOnlyList<string> List() => [.. _names.Keys];

    public IStoreFile Create(string name)
    {
        Step();
        if (IsFull)
            throw new IOException("no space left on device");
        var file = new SimFile(this);
        _names.Add(name, file);
        return file;
    }

    public IStoreFile Open(string name) => _names.TryGetValue(name, out SimFile? file) ? file : throw new FileNotFoundException(name);

    public void Delete(string name)
    {
        Step();
        _names.Remove(name);
    }

    public void Rename(string from, string to)
    {
        Step();
        _names[to] = _names[from];
        _names.Remove(from);
    }

    public void SyncDirectory()
    {
        Step();
        _durableNames = new(_names, StringComparer.Ordinal);
    }

    /// <summary>A copy of what is durable, as a backup of the files would have it.</summary>
    public SimDisk Copy()
    {
        var copy = new SimDisk(directory, random);
        foreach ((string name, SimFile file) in _durableNames)
            copy._names.Add(name, file.Copy(copy));
        copy._durableNames = new(copy._names, StringComparer.Ordinal);
        return copy;
    }

    /// <summary>The process died; the system lives and keeps what was written.</summary>
    public void LoseProcess()
    {
        _holder = null;
        CallsUntilPowerCut = 0;
    }

    /// <summary>The power went: of what was not synced any part is left, in any order.</summary>
    public void LosePower()
    {
        LoseProcess();
        if (random.Next(2) == 0)
            _names = new(_durableNames, StringComparer.Ordinal);
        else
            _durableNames = new(_names, StringComparer.Ordinal);

        // How much survives: nothing, some, or nearly all; each happens to real disks.
        double survives = random.Of(0.0, 0.5, 0.95);
        foreach (SimFile file in _names.Values)
            file.LosePower(survives);
    }

    /// <summary>Counts a call that changes the disk; true when the power goes in this one.</summary>
    public bool PowerGoesNow() => CallsUntilPowerCut > 0 && --CallsUntilPowerCut == 0;

    private void Step()
    {
        if (PowerGoesNow())
            throw new PowerCutException();
    }

    private sealed class Hold(SimDisk disk) : IDisposable
    {
        public void Dispose()
        {
            if (disk._holder == this)
                disk._holder = null;
        }
    }
}
