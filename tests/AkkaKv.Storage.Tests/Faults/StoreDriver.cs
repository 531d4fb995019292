using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Tests.Faults;

/// <summary>A host in one thread: two loops, an inline store, and a memory of all answers.</summary>
public sealed class StoreDriver : IDisposable
{
    private static readonly Address Asker = new(new NodeId("node-1"), ActorRole.Replica, 7);

    private readonly IStorePort[] _ports;
    private readonly Queue<StoreCompletion> _completions = new();
    private StoreReadDone? _read;
    private StoreScanDone? _scan;
    private FactReadDone? _fact;
    private ulong _ticket;

    public StoreDriver(FakeDisk disk, StoreOptions? options = null, int loops = 2)
    {
        Disk = disk;
        Loops = loops;
        Store = LogStore.OpenInline(disk, options ?? Options(), loops, LoopOf);
        _ports = Enumerable.Range(0, loops).Select(loop => Store.OpenPort(loop, _completions.Enqueue)).ToArray();
    }

    public int Loops { get; }

    public FakeDisk Disk { get; }

    public LogStore Store { get; }

    /// <summary>The outcome of every write that was answered, by ticket.</summary>
    public IDictionary<ulong, StoreOutcome> Answers { get; } = new Dictionary<ulong, StoreOutcome>();

    /// <summary>Whether each fact's write that was answered is done, by ticket.</summary>
    public IDictionary<ulong, bool> FactAnswers { get; } = new Dictionary<ulong, bool>();

    public IList<DotsReserved> Dots { get; } = [];

    public static StoreOptions Options(ulong seed = 1) => new()
    {
        Node = "node-1",
        Cluster = "test",
        Time = new ManualTime(),
        DrawId = new RandomSource(seed).NextUInt64,
        SegmentBytes = 4096,
        DotsPerBlock = 10,
        DotsPerReservation = 30,
    };

    public static StoreKey Key(string name) => StoreKey.Of("bucket", Encoding.ASCII.GetBytes(name));

    /// <summary>Stages a write and returns its ticket.</summary>
    public ulong Stage(string key, byte[] value, StoreSpace space = StoreSpace.Objects)
    {
        StoreKey storeKey = Key(key);
        _ports[LoopOf(storeKey.Hash)].Submit(new StoreWrite(storeKey, value, ++_ticket, Asker, space), Receive);
        return _ticket;
    }

    /// <summary>Stages a removal and returns its ticket.</summary>
    public ulong StageRemoval(string key, StoreSpace space = StoreSpace.Objects)
    {
        StoreKey storeKey = Key(key);
        _ports[LoopOf(storeKey.Hash)].Submit(new StoreRemove(storeKey, ++_ticket, Asker, space), Receive);
        return _ticket;
    }

    /// <summary>Stages a fact's write and returns its ticket.</summary>
    public ulong StageFact(string name, byte[] value, int loop = 0)
    {
        _ports[loop].Submit(new FactWrite(name, value, ++_ticket, Asker), Receive);
        return _ticket;
    }

    public bool WriteFact(string name, params byte[] value)
    {
        ulong ticket = StageFact(name, value);
        Commit();
        return FactAnswers[ticket];
    }

    /// <summary>A fact by message, which must be what the store says without one; empty when there is none.</summary>
    public byte[] Fact(string name, int loop = 0)
    {
        _ports[loop].Submit(new FactRead(name, ++_ticket, Asker), Receive);
        _fact!.Ticket.ShouldBe(_ticket);
        Store.TryReadFact(name, out ReadOnlyMemory<byte> value).ShouldBe(!_fact.Value.IsEmpty);
        value.ToArray().ShouldBe(_fact.Value.ToArray());
        return value.ToArray();
    }

    public void StageDots(int loop = 0) => _ports[loop].Submit(new StoreReserveDots(Asker), Receive);

    public void EndTurn()
    {
        foreach (IStorePort port in _ports)
            port.EndTurn();
    }

    /// <summary>Ends the turn and runs the writer and the loops until all is quiet.</summary>
    public void Commit()
    {
        EndTurn();
        while (Store.WriteQueued())
            Store.FinishWritten();
        while (_completions.TryDequeue(out StoreCompletion? completion))
            _ports[completion.Loop].Complete(completion, Receive);
    }

    public StoreOutcome Write(string key, byte[] value, StoreSpace space = StoreSpace.Objects)
    {
        ulong ticket = Stage(key, value, space);
        Commit();
        return Answers[ticket];
    }

    public StoreOutcome Remove(string key, StoreSpace space = StoreSpace.Objects)
    {
        ulong ticket = StageRemoval(key, space);
        Commit();
        return Answers[ticket];
    }

    public DotsReserved ReserveDots()
    {
        StageDots();
        Commit();
        return Dots[^1];
    }

    public StoreReadDone Read(string key, StoreSpace space = StoreSpace.Objects)
    {
        StoreKey storeKey = Key(key);
        _ports[LoopOf(storeKey.Hash)].Submit(new StoreRead(storeKey, ++_ticket, Asker, space), Receive);
        return _read!;
    }

    /// <summary>The value of a key, which must be readable; null when there is none.</summary>
    public byte[]? Value(string key, StoreSpace space = StoreSpace.Objects)
    {
        StoreReadDone done = Read(key, space);
        done.Outcome.ShouldBe(StoreOutcome.Done);
        return done.Object.IsEmpty ? null : done.Object.ToArray();
    }

    public IReadOnlyList<string> Keys(int loop, StoreSpace space = StoreSpace.Objects)
    {
        var found = new List<StoreKey>();
        for (long cursor = 0; cursor >= 0; cursor = _scan!.NextCursor)
        {
            _ports[loop].Submit(new StoreScan(0, ulong.MaxValue, cursor, ++_ticket, Asker, space), Receive);
            found.AddRange(_scan!.Keys);
        }

        return found.Select(key => Encoding.ASCII.GetString(key.Name.Span)).ToList();
    }

    public void Dispose() => Store.Dispose();

    private int LoopOf(ulong hash) => (int)Math.BigMul(hash, (ulong)Loops, out _);

    private void Receive(Address to, Message message)
    {
        switch (message)
        {
            case StoreReadDone read:
                _read = read;
                break;
            case StoreScanDone scan:
                _scan = scan;
                break;
            case StoreWriteDone write:
                Answers.Add(write.Ticket, write.Outcome);
                break;
            case FactReadDone fact:
                _fact = fact;
                break;
            case FactWriteDone fact:
                FactAnswers.Add(fact.Ticket, fact.IsDone);
                break;
            case DotsReserved dots:
                Dots.Add(dots);
                break;
        }
    }
}
