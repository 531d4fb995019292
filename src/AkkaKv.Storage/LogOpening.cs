using System.Buffers.Binary;
using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Disk;
using AkkaKv.Storage.Identity;
using AkkaKv.Storage.Index;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage;

/// <summary>
/// Opens a data directory, in this order, so that a crash at any point leaves a directory that opens again: lock; make or
/// check the manifest; read the log; renew the actor id if dots may have been lost; record that a session began.
/// </summary>
internal sealed class LogOpening(IStoreDisk disk, StoreOptions options, int loops, Func<ulong, int> loopOfHash)
{
    // Of the store itself; actors name theirs otherwise.
    private const string VoterFact = "store/voter";

    private readonly LoopIndex[] _indexes = Enumerable.Range(0, loops).Select(_ => new LoopIndex()).ToArray();
    private readonly FactTable _facts = new();
    private ulong _dotsInUse;
    private SessionRecord? _lastSession;
    private bool _closedCleanly = true;

    /// <exception cref="StoreOpenException">See its remarks.</exception>
    public OpenedLog Run()
    {
        options.Validate();
        Invariant.Require(loops > 0, "a store has at least one loop", loops);
        IDisposable? held = null;
        var segments = new SegmentTable();
        try
        {
            held = disk.Lock();
            return Open(held, segments);
        }
        catch (Exception failure)
        {
            segments.Dispose();
            held?.Dispose();
            if (failure is IOException)
                throw new StoreOpenException($"{disk.Directory} could not be opened: {failure.Message}. Check that it is readable, writable and not full.", failure);
            throw;
        }
    }

    private OpenedLog Open(IDisposable held, SegmentTable segments)
    {
        Manifest manifest = disk.List().Contains(Manifest.FileName, StringComparer.Ordinal) ? Manifest.Load(disk) : Create();
        manifest.RequireOwner(disk.Directory, options.Node, options.Cluster);
        LogTail tail = new LogRecovery(disk, manifest.StoreId, segments, Take).Run();
        string? renewedBecause = ReasonToRenew();
        if (renewedBecause is not null)
        {
            manifest = manifest with { ActorId = DrawId() };
            manifest.Save(disk);
        }

        var engine = new LogEngine(disk, options.SegmentBytes, segments, tail);
        var session = new SessionRecord(manifest.ActorId, options.Time.GetUtcNow().ToUnixTimeMilliseconds(), options.Durability);
        engine.Append(RecordType.Opened, default, session.ToBytes());
        if (options.RenewActor)
            RenewVoter(engine);
        engine.Sync();
        var identity = new StoreIdentity(
            manifest.ActorId, manifest.StoreId, disk.Directory, manifest.Node, manifest.Cluster,
            DateTimeOffset.FromUnixTimeMilliseconds(manifest.CreatedUnixMillis), renewedBecause)
        {
            VoterId = _facts.TryRead(VoterFact, out ReadOnlyMemory<byte> voter) ? BinaryPrimitives.ReadUInt64LittleEndian(voter.Span) : manifest.StoreId,
        };
        return new OpenedLog(held, engine, identity, _indexes, _facts, _dotsInUse, tail.CutBytes);
    }

    // The manifest comes last and is what makes the directory a store: had it come first, a store whose segments were
    // lost would look like one that was never written to, and make its dots a second time.
    private Manifest Create()
    {
        RequireNothingToLose();
        ulong storeId = DrawId();
        new NextSegment(disk, storeId).Take(1, options.SegmentBytes, 0).File.Dispose();
        var manifest = new Manifest(storeId, DrawId(), options.Time.GetUtcNow().ToUnixTimeMilliseconds(), options.Node, options.Cluster);
        manifest.Save(disk);
        return manifest;
    }

    // Without a manifest there may be the empty first segment of a creation that was cut short, and nothing else.
    private void RequireNothingToLose()
    {
        foreach (string name in disk.List())
        {
            if (SegmentHeader.TryParseFileName(name, out uint number) && (number != 1 || HoldsRecords(name)))
                throw Damage.Of(Path.Combine(disk.Directory, Manifest.FileName), 0, $"the directory holds {name} but no manifest");
        }

        string first = SegmentHeader.FileName(1);
        if (disk.List().Contains(first, StringComparer.Ordinal))
            disk.Delete(first);
    }

    private bool HoldsRecords(string name)
    {
        using IStoreFile file = disk.Open(name);
        var bytes = new byte[checked((int)file.Length)];
        int read = file.ReadAt(0, bytes);
        return read > SegmentHeader.Bytes && bytes.AsSpan(SegmentHeader.Bytes, read - SegmentHeader.Bytes).IndexOfAnyExcept((byte)0) >= 0;
    }

    private void Take(LogPosition at, in RecordView record)
    {
        switch (record.Type)
        {
            case RecordType.Put:
                Put(StoreSpace.Objects, at, record);
                break;
            case RecordType.HintPut:
                Put(StoreSpace.Hints, at, record);
                break;
            case RecordType.Removed:
                Remove(StoreSpace.Objects, record);
                break;
            case RecordType.HintRemoved:
                Remove(StoreSpace.Hints, record);
                break;
            case RecordType.Fact:
                _facts.Apply(Encoding.ASCII.GetString(record.Key), record.Object.ToArray());
                break;
            case RecordType.DotsReserved:
                _dotsInUse = Math.Max(_dotsInUse, BinaryPrimitives.ReadUInt64LittleEndian(record.Object));
                break;
            case RecordType.Opened:
                _lastSession = SessionRecord.Read(record.Object);
                _closedCleanly = false;
                break;
            case RecordType.Closed:
                _closedCleanly = true;
                break;
            default:
                break;
        }
    }

    private void Put(StoreSpace space, LogPosition at, in RecordView record)
    {
        ulong hash = StableHash.Of(record.Key);
        _indexes[loopOfHash(hash)].Of(space).Put(record.Key, hash, at, record.Bytes);
    }

    private void Remove(StoreSpace space, in RecordView record)
    {
        ulong hash = StableHash.Of(record.Key);
        _indexes[loopOfHash(hash)].Of(space).Remove(record.Key, hash);
    }

    // Peers may hold version vectors that cover values of this actor which a power cut took from here. Under the old id
    // this node would seem to have them; under a new one it is what it is, a replica that lacks them.
    private string? ReasonToRenew()
    {
        if (options.RenewActor)
            return "the settings asked for a new identity";
        if (_lastSession is { Durability: not Durability.Always } session && !_closedCleanly)
            return $"the last process ran with durability {session.Durability} and did not close the store: acknowledged writes may be lost";
        return null;
    }

    // A backup does not know what was promised after it was made, nor a copy what the other one promises: under the id of
    // the directory it would vote against its own word. A crash alone takes no fact away, so it changes nothing here.
    private void RenewVoter(LogEngine engine)
    {
        var voter = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(voter, DrawId());
        engine.Append(RecordType.Fact, Encoding.ASCII.GetBytes(VoterFact), voter);
        _facts.Apply(VoterFact, voter);
    }

    private ulong DrawId()
    {
        ulong id;
        do
            id = options.DrawId();
        while (id == 0);
        return id;
    }
}

/// <summary>What a successful opening leaves.</summary>
internal sealed record OpenedLog(
    IDisposable Held, LogEngine Engine, StoreIdentity Identity, LoopIndex[] Indexes, FactTable Facts, ulong DotsInUse, long CutBytes);
