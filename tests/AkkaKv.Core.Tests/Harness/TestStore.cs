using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Tests.Harness;

/// <summary>A node's store: completes writes at once, or when told, or with the outcome it is told.</summary>
internal sealed class TestStore(TestWorld world, NodeId node, ulong actorId)
{
    private readonly Dictionary<(StoreSpace, StoreKey), ReadOnlyMemory<byte>> _objects = [];
    private readonly Queue<Message> _held = new();
    private readonly HashSet<StoreKey> _damaged = [];
    private ulong _nextDot = 1;

    /// <summary>Keys that one answer to a scan tells at most.</summary>
    public int ScanMax { get; set; } = 3;

    /// <summary>Writes wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>How writes end.</summary>
    public StoreOutcome WriteOutcome { get; set; } = StoreOutcome.Done;

    public int DotsPerBlock { get; set; } = 100;

    public int Writes { get; private set; }

    public int Held => _held.Count;

    public void Damage(StoreKey key) => _damaged.Add(key);

    public ReadOnlyMemory<byte> Object(StoreKey key, StoreSpace space = StoreSpace.Objects) => _objects.GetValueOrDefault((space, key));

    /// <summary>The keys of a space, by hash.</summary>
    public StoreKey[] Keys(StoreSpace space) =>
        [.. _objects.Keys.Where(place => place.Item1 == space).Select(place => place.Item2).OrderBy(key => key.Hash)];

    public void Receive(Message message)
    {
        switch (message)
        {
            case StoreRead read when _damaged.Contains(read.Key):
                Send(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Corrupt, default));
                break;
            case StoreRead read:
                Send(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Done, Object(read.Key, read.Space)));
                break;
            case StoreWrite write when WriteOutcome is StoreOutcome.Busy or StoreOutcome.ReadOnly:
                Send(write.ReplyTo, new StoreWriteDone(write.Ticket, WriteOutcome));
                break;
            case StoreRemove remove when WriteOutcome is StoreOutcome.Busy or StoreOutcome.ReadOnly:
                Send(remove.ReplyTo, new StoreWriteDone(remove.Ticket, WriteOutcome));
                break;
            case StoreWrite or StoreRemove:
                _held.Enqueue(message);
                if (!Holds)
                    Release();
                break;
            case StoreScan scan:
                Scan(scan);
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
        while (_held.TryDequeue(out Message? held))
        {
            if (held is StoreWrite write)
                Complete(write.ReplyTo, write.Ticket, () => _objects[(write.Space, write.Key)] = write.Object);
            else if (held is StoreRemove remove)
                Complete(remove.ReplyTo, remove.Ticket, () => _objects.Remove((remove.Space, remove.Key)));
        }
    }

    /// <summary>What was not durable is lost, as with the process that asked for it.</summary>
    public void Crash() => _held.Clear();

    private void Complete(Address replyTo, ulong ticket, Action change)
    {
        if (WriteOutcome == StoreOutcome.Done)
        {
            change();
            Writes++;
        }

        Send(replyTo, new StoreWriteDone(ticket, WriteOutcome));
    }

    // By hash, so that keys that come or go meanwhile move no other.
    private void Scan(StoreScan scan)
    {
        StoreKey[] part = [.. Keys(scan.Space).Where(key => CursorOf(key) >= scan.Cursor).Take(ScanMax)];
        StoreKey[] told = [.. part.Where(key => key.Hash >= scan.FirstHash && key.Hash <= scan.LastHash)];
        Send(scan.ReplyTo, new StoreScanDone(scan.Ticket, told, part.Length < ScanMax ? -1 : CursorOf(part[^1]) + 1));
    }

    private static long CursorOf(StoreKey key) => (long)(key.Hash >> 1);

    private void Send(Address to, Message message) => world.Send(new Address(node, ActorRole.Store, 0), to, message);
}
