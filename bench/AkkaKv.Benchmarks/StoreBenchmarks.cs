using System.Security.Cryptography;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage;
using BenchmarkDotNet.Attributes;

namespace AkkaKv.Benchmarks;

/// <summary>The log store on real files in the temporary directory: what a synced batch, a read and a recovery cost.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private const int Keys = 10_000;

    private readonly StoreKey[] _keys = [.. Enumerable.Range(0, Keys).Select(Samples.Key)];
    private readonly byte[] _object = Samples.Bytes(128);
    private readonly Random _random = new(1);
    private readonly Action<Address, Message> _drop = static (_, _) => { };
    private ScratchStore? _store;

    [GlobalSetup]
    public void SetUp()
    {
        _store = new ScratchStore();
        _store.Write(_keys, _object);
    }

    [GlobalCleanup]
    public void CleanUp() => _store!.Dispose();

    /// <summary>Divide by the batch for the cost of one upsert.</summary>
    [Benchmark]
    [Arguments(1)]
    [Arguments(16)]
    [Arguments(128)]
    public void SyncedBatch(int upserts)
    {
        for (int upsert = 0; upsert < upserts; upsert++)
            _store!.Port.Submit(new StoreWrite(_keys[_random.Next(Keys)], _object, 0, default), _drop);
        _store!.Commit();
    }

    [Benchmark]
    public void Read() => _store!.Port.Submit(new StoreRead(_keys[_random.Next(Keys)], 0, default), _drop);
}

/// <summary>Opening a directory whose log holds 16 MiB. Divide by 16 for the cost of a megabyte.</summary>
public class RecoveryBenchmarks
{
    private const int LogMegabytes = 16;

    private ScratchStore? _store;

    [GlobalSetup]
    public void SetUp()
    {
        _store = new ScratchStore();
        byte[] value = Samples.Bytes(1000);
        for (int megabyte = 0; megabyte < LogMegabytes; megabyte++)
            _store.Write([.. Enumerable.Range(megabyte * 1000, 1000).Select(Samples.Key)], value);
    }

    [GlobalCleanup]
    public void CleanUp() => _store!.Dispose();

    [Benchmark]
    public void Scan16Megabytes() => _store!.Reopen();
}

/// <summary>A store of its own directory, with the writer's steps run by the benchmark itself.</summary>
internal sealed class ScratchStore : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-bench-").FullName;
    private readonly Queue<StoreCompletion> _completed = new();
    private LogStore _store;

    public ScratchStore() => (_store, Port) = Open();

    public IStorePort Port { get; private set; }

    public void Write(IEnumerable<StoreKey> keys, byte[] value)
    {
        foreach (StoreKey key in keys)
            Port.Submit(new StoreWrite(key, value, 0, default), static (_, _) => { });
        Commit();
    }

    /// <summary>Writes and syncs what was submitted, and makes it visible.</summary>
    public void Commit()
    {
        Port.EndTurn();
        while (_store.WriteQueued())
            _store.FinishWritten();
        while (_completed.TryDequeue(out StoreCompletion? completion))
            Port.Complete(completion, static (_, _) => { });
    }

    public void Reopen()
    {
        _store.Dispose();
        (_store, Port) = Open();
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private (LogStore Store, IStorePort Port) Open()
    {
        var options = new StoreOptions
        {
            Node = "node-1",
            Cluster = "bench",
            Time = TimeProvider.System,
            DrawId = static () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
        };
        var store = LogStore.OpenInline(new Storage.Disk.PosixDisk(_directory), options, 1, static _ => 0);
        return (store, store.OpenPort(0, _completed.Enqueue));
    }
}
