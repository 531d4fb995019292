using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Simulation.Disk;
using AkkaKv.Storage;

namespace AkkaKv.Simulation.World;

/// <summary>
/// The real store of one process on its simulated disk. The steps of the store's writer are events: between the write and
/// its sync the world goes on, and the power may go.
/// </summary>
internal sealed class NodeStore
{
    private readonly NodeLife _life;
    private readonly Queue<StoreCompletion> _completions = new();
    private readonly Action<Address, Message> _send;
    private LogStore? _store;
    private IStorePort[] _ports = [];
    private int _completing;
    private StoreRead? _reading;
    private bool _staged;
    private bool _committing;
    private bool _idling;

    public NodeStore(NodeLife life)
    {
        _life = life;
        _send = Answer;
    }

    /// <summary>Nothing waits for the disk.</summary>
    public bool IsIdle => !_staged && !_committing && _completing == 0;

    public LogStore Log => _store!;

    private SimWorld World => _life.World;

    /// <exception cref="StoreOpenException">The disk cannot be opened.</exception>
    /// <exception cref="PowerCutException">The power went meanwhile.</exception>
    public void Open(StoreOptions options)
    {
        _store = LogStore.OpenInline(World.Seams.Disk(_life.Node.Disk), options, _life.Loops, _life.LoopOfHash);
        _ports = new IStorePort[_life.Loops];
        for (int loop = 0; loop < _ports.Length; loop++)
            _ports[loop] = _store.OpenPort(loop, _completions.Enqueue);
    }

    /// <summary>Takes a store message from an actor of a loop.</summary>
    public void Submit(int loop, Message message)
    {
        _staged |= message is StoreWrite or StoreRemove or StoreReserveDots or FactWrite;
        switch (message)
        {
            case StoreWrite write:
                if (write.Space == StoreSpace.Objects)
                    World.Dots.Staged(_life.Node.Id, write);
                World.Stores.Staged(_life.Node, this, write);
                break;
            case StoreRemove remove:
                World.Stores.Staged(_life.Node, this, remove);
                break;
        }

        if (message is StoreRemove { Space: StoreSpace.Objects } forgotten)
            World.Dots.Forgotten(_life.Node, forgotten.Key, Look(forgotten.Key).Object);
        _reading = message as StoreRead;
        _ports[loop].Submit(message, _send);
    }

    /// <summary>Asks for an object outside of any message, as an inspector would.</summary>
    public StoreReadDone Look(StoreKey key, StoreSpace space = StoreSpace.Objects)
    {
        StoreReadDone? found = null;
        _ports[_life.LoopOfHash(key.Hash)].Submit(new StoreRead(key, 0, default, space), (_, message) => found = (StoreReadDone)message);
        return found!;
    }

    /// <summary>All keys of a space, as an inspector would list them. In no order.</summary>
    public List<StoreKey> KeysOf(StoreSpace space)
    {
        var keys = new List<StoreKey>();
        foreach (IStorePort port in _ports)
        {
            long cursor = 0;
            while (cursor >= 0)
                cursor = Scan(port, space, cursor, keys);
        }

        return keys;
    }

    public void EndTurn(int loop)
    {
        if (!_staged)
            return;
        _ports[loop].EndTurn();
        if (_committing)
            return;
        _staged = false;
        _committing = true;
        World.After(World.DiskDelay(_life.Node, write: true), () => _life.When(Write));
    }

    private static long Scan(IStorePort port, StoreSpace space, long cursor, List<StoreKey> keys)
    {
        StoreScanDone? found = null;
        port.Submit(new StoreScan(0, ulong.MaxValue, cursor, 0, default, space), (_, message) => found = (StoreScanDone)message);
        keys.AddRange(found!.Keys);
        return found.NextCursor;
    }

    private void Write()
    {
        if (_store!.WriteQueued())
            World.After(World.DiskDelay(_life.Node, write: false), () => _life.When(Finish));
        else
            _committing = false;
    }

    private void Finish()
    {
        _store!.FinishWritten();
        World.Trace.Mark(World.Now, _life.Node.Index, 1, (ulong)_store.Status.BytesWritten);
        _committing = false;
        while (_completions.TryDequeue(out StoreCompletion? completion))
            Complete(completion);

        // What was staged meanwhile is the next commit.
        EndTurn(0);
        if (!_idling && _store.IdleDelay is { } delay)
            Idle(delay);
    }

    private void Complete(StoreCompletion completion)
    {
        _completing++;
        _life.TellLoop(completion.Loop, () =>
        {
            _completing--;
            _ports[completion.Loop].Complete(completion, _send);
        });
    }

    private void Idle(TimeSpan delay)
    {
        _idling = true;
        World.After(delay.Ticks + 1, () => _life.When(() =>
        {
            _idling = false;
            if (_committing)
                return; // The end of the commit asks again.
            _store!.RunIdle();
            if (_store.IdleDelay is { } next)
                Idle(next);
        }));
    }

    private void Answer(Address to, Message message)
    {
        if (message is StoreReadDone done)
            World.Stores.Inspect(_life.Node, _reading!, done);
        else
            World.Stores.Answered(_life.Node, to, message);
        _life.SendFromStore(to, message);
    }
}
