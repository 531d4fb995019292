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
    private IStorePort? _port;
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
    public bool IsIdle => !_staged && !_committing;

    public LogStore Log => _store!;

    private SimWorld World => _life.World;

    /// <exception cref="StoreOpenException">The disk cannot be opened.</exception>
    /// <exception cref="PowerCutException">The power went meanwhile.</exception>
    public void Open(StoreOptions options)
    {
        _store = LogStore.OpenInline(World.Seams.Disk(_life.Node.Disk), options, 1, static _ => 0);
        _port = _store.OpenPort(0, _completions.Enqueue);
    }

    public void Submit(Message message)
    {
        _staged |= message is StoreWrite or StoreRemove or StoreReserveDots;
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

        _reading = message as StoreRead;
        _port!.Submit(message, _send);
    }

    /// <summary>Asks for an object outside of any message, as an inspector would.</summary>
    public StoreReadDone Look(StoreKey key, StoreSpace space = StoreSpace.Objects)
    {
        StoreReadDone? found = null;
        _port!.Submit(new StoreRead(key, 0, default, space), (_, message) => found = (StoreReadDone)message);
        return found!;
    }

    /// <summary>All keys of a space, in the order in which scans tell them.</summary>
    public IReadOnlyList<StoreKey> Scan(StoreSpace space)
    {
        var found = new List<StoreKey>();
        for (long cursor = 0; cursor >= 0;)
        {
            StoreScanDone? part = null;
            _port!.Submit(new StoreScan(0, ulong.MaxValue, cursor, 0, default, space), (_, message) => part = (StoreScanDone)message);
            found.AddRange(part!.Keys);
            cursor = part.NextCursor;
        }

        return found;
    }

    public void EndTurn()
    {
        if (!_staged)
            return;
        _port!.EndTurn();
        if (_committing)
            return;
        _staged = false;
        _committing = true;
        World.After(World.DiskDelay(_life.Node, write: true), () => _life.When(Write));
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
            _port!.Complete(completion, _send);
        _life.EndTurn();
        if (!_idling && _store.IdleDelay is { } delay)
            Idle(delay);
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
