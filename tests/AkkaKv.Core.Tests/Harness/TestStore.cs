using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Tests.Harness;

/// <summary>A node's store: completes writes and removals at once, or when told, or with the outcome it is told.</summary>
internal sealed class TestStore(TestWorld world, NodeId node, ulong actorId)
{
    private readonly Dictionary<StoreSpace, Dictionary<StoreKey, ReadOnlyMemory<byte>>> _spaces =
        new() { [StoreSpace.Objects] = [], [StoreSpace.Hints] = [] };

    private readonly Queue<Message> _held = new();
    private readonly HashSet<(StoreSpace, StoreKey)> _damaged = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _facts = new(StringComparer.Ordinal);
    private ulong _nextDot = 1;

    /// <summary>Writes and removals wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>How writes and removals end.</summary>
    public StoreOutcome WriteOutcome { get; set; } = StoreOutcome.Done;

    public int DotsPerBlock { get; set; } = 100;

    /// <summary>How many keys a scan tells at a time: few, so that actors meet more than one part.</summary>
    public int KeysPerScan { get; set; } = 3;

    public ReadOnlyMemory<byte> Fact(string name) => _facts.GetValueOrDefault(name);

    public int Writes { get; private set; }

    public int Removals { get; private set; }

    public int Held => _held.Count;

    public void Damage(StoreKey key, StoreSpace space = StoreSpace.Objects) => _damaged.Add((space, key));

    public ReadOnlyMemory<byte> Object(StoreKey key, StoreSpace space = StoreSpace.Objects) => _spaces[space].GetValueOrDefault(key);

    /// <summary>What it holds, in no order.</summary>
    public IEnumerable<(StoreKey Key, ReadOnlyMemory<byte> Object)> Objects => _spaces[StoreSpace.Objects].Select(pair => (pair.Key, pair.Value));

    /// <summary>Gives it an object, or takes it away, behind everybody's back.</summary>
    public void Set(StoreKey key, ReadOnlyMemory<byte> value) => _spaces[StoreSpace.Objects][key] = value;

    /// <summary>Forgets everything, as a new disk does.</summary>
    public void Wipe()
    {
        _spaces[StoreSpace.Objects].Clear();
        _facts.Clear();
    }

    /// <summary>How many keys a space has.</summary>
    public int Keys(StoreSpace space = StoreSpace.Objects) => _spaces[space].Count;

    /// <summary>The keys of a space, by hash.</summary>
    public StoreKey[] KeysIn(StoreSpace space) => [.. _spaces[space].Keys.OrderBy(key => key.Hash)];

    /// <summary>What was not durable is lost, as with the process that asked for it.</summary>
    public void Crash() => _held.Clear();

    public void Receive(Message message)
    {
        switch (message)
        {
            case StoreRead read when _damaged.Contains((read.Space, read.Key)):
                Send(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Corrupt, default));
                break;
            case StoreRead read:
                Send(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Done, Object(read.Key, read.Space)));
                break;
            case StoreWrite write:
                Take(write, write.ReplyTo, write.Ticket);
                break;
            case StoreRemove remove:
                Take(remove, remove.ReplyTo, remove.Ticket);
                break;
            case StoreScan scan:
                Send(scan.ReplyTo, Scan(scan));
                break;
            case FactRead read:
                Send(read.ReplyTo, new FactReadDone(read.Ticket, Fact(read.Name)));
                break;
            case FactWrite write when WriteOutcome == StoreOutcome.ReadOnly:
                Send(write.ReplyTo, new FactWriteDone(write.Ticket, IsDone: false));
                break;
            case FactWrite write:
                Hold(write);
                break;
            case StoreReserveDots reserve:
                Send(reserve.ReplyTo, new DotsReserved(StoreOutcome.Done, actorId, _nextDot, DotsPerBlock));
                _nextDot += (ulong)DotsPerBlock;
                break;
        }
    }

    /// <summary>Completes what is held, in order.</summary>
    public void Release()
    {
        while (_held.TryDequeue(out Message? message))
        {
            if (message is FactWrite fact)
                Write(fact);
            else if (message is StoreWrite write)
                Write(write);
            else
                Remove((StoreRemove)message);
        }
    }

    private void Take(Message message, Address replyTo, ulong ticket)
    {
        if (WriteOutcome is StoreOutcome.Busy or StoreOutcome.ReadOnly)
        {
            Send(replyTo, new StoreWriteDone(ticket, WriteOutcome));
            return;
        }

        Hold(message);
    }

    private void Hold(Message message)
    {
        _held.Enqueue(message);
        if (!Holds)
            Release();
    }

    private void Write(FactWrite write)
    {
        if (WriteOutcome != StoreOutcome.Failed)
            _facts[write.Name] = write.Value;
        Send(write.ReplyTo, new FactWriteDone(write.Ticket, WriteOutcome != StoreOutcome.Failed));
    }

    private void Write(StoreWrite write)
    {
        if (WriteOutcome == StoreOutcome.Done)
        {
            _spaces[write.Space][write.Key] = write.Object;
            Writes++;
        }

        Send(write.ReplyTo, new StoreWriteDone(write.Ticket, WriteOutcome));
    }

    private void Remove(StoreRemove remove)
    {
        if (WriteOutcome == StoreOutcome.Done)
        {
            _spaces[remove.Space].Remove(remove.Key);
            Removals++;
        }

        Send(remove.ReplyTo, new StoreWriteDone(remove.Ticket, WriteOutcome));
    }

    // In the order of the hash, of which the cursor is the upper 63 bits; keys that share them are told together.
    private StoreScanDone Scan(StoreScan scan)
    {
        List<StoreKey> keys = [.. _spaces[scan.Space].Keys
            .Where(key => key.Hash >= scan.FirstHash && key.Hash <= scan.LastHash && (long)(key.Hash >> 1) >= scan.Cursor)
            .OrderBy(key => key.Hash)];
        if (keys.Count <= KeysPerScan)
            return new StoreScanDone(scan.Ticket, keys, -1);
        long next = (long)(keys[KeysPerScan].Hash >> 1);
        return new StoreScanDone(scan.Ticket, keys.FindAll(key => (long)(key.Hash >> 1) < next), next);
    }

    private void Send(Address to, Message message) => world.Send(new Address(node, ActorRole.Store, 0), to, message);
}
