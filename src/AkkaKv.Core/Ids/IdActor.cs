using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>
/// Makes a node's Snowflake ids. Before an id is made, a mark beyond its timestamp is on the disk; so a node that comes
/// back, under whatever clock, goes on beyond everything that it may have made.
/// </summary>
/// <remarks>
/// Invariant: each id's timestamp is at most the durable mark, and in the range of a grant that the node was given. After
/// a restart the first timestamp is greater than the mark that is read.
/// </remarks>
public sealed class IdActor : Actor
{
    /// <summary>The fact that holds the <see cref="SnowflakeMark"/>.</summary>
    public const string FactName = "ids/snowflake";

    private const string WhatIsWritten = "The mark beyond the timestamps";

    private readonly IdOptions _options;
    private readonly SnowflakeGenerator _generator;
    private readonly WaitingAsks _waiting;
    private readonly DurableFact _fact = new(FactName);
    private long _raisingTo;
    private long _reach;
    private IdRefusal? _unusable;
    private bool _pumping;
    private WorkerGrant? _grant;
    private string _grantTrouble = "";
    private ulong _grantTicket = 1;
    private bool _isGrantTold;

    public IdActor(IdOptions options)
    {
        options.Validate();
        _options = options;
        _generator = new SnowflakeGenerator(new SnowflakeRules(options.Layout, options.SequenceStart, options.RollbackWaitMillisMax));
        _waiting = new WaitingAsks(options);
    }

    public override void Start(IActorContext context)
    {
        _fact.Read(context);
        _isGrantTold = _options.GrantSource is null;
        if (_options.GrantSource is not null)
            AskForGrant(context);
        else if (_options.Worker is { } worker)
            Hold(WorkerGrant.AssignedByHand(worker, _options.StoreId));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case IdsAsk ask: OnAsk(context, ask); break;
            case FactReadDone done: OnRead(context, done); break;
            case FactWriteDone done: OnMarked(context, done); break;
            case WorkerGrantTold told: OnGrant(context, told); break;
            case GrantDue: OnGrantDue(context); break;
            case PumpDue: OnPumpDue(context); break;
            case IdPatienceDue: _waiting.OnPatience(context, WhyLate); break;
            case IdsTold: break; // An answer to a question that this actor never asks: a peer mistook the number.
            default: throw new InvariantException($"A maker of ids has no use for {message.GetType().Name}");
        }
    }

    private void OnAsk(IActorContext context, IdsAsk ask)
    {
        if (_waiting.TryAdd(context, ask))
            Pump(context);
    }

    private void OnRead(IActorContext context, FactReadDone done)
    {
        _fact.OnRead(done);
        if (!done.Value.IsEmpty)
            StartBeyond(done.Value);
        Pump(context);
    }

    private void StartBeyond(ReadOnlyMemory<byte> value)
    {
        if (!SnowflakeMark.TryDecode(value, out SnowflakeMark? mark))
        {
            _unusable = NotSetUp($"The mark of the ids that this node has made must be of a version that this program knows; found {value.Length} other bytes. Run the version that wrote it, or a newer one.");
        }
        else if (mark!.Layout != _options.Layout)
        {
            _unusable = NotSetUp($"The layout of ids must stay what it was ({mark.Layout}); found {_options.Layout}. Another layout may make an id again: set the old one back, or see docs/IDS.md.");
        }
        else
        {
            _generator.StartBeyond(mark.MarkUnixMillis);
            _reach = mark.MarkUnixMillis;
        }
    }

    // Answers as many as the present moment allows, and sees to it that there will be a next time for the others.
    private void Pump(IActorContext context)
    {
        while (_fact.IsLoaded && _isGrantTold && _waiting.TryPeek(out WaitingAsk? ask))
        {
            if ((_unusable ?? MissingGrant()) is { } refusal)
            {
                _waiting.RefuseAll(context, refusal);
                return;
            }

            long now = context.WallNow.ToUnixTimeMilliseconds();
            SnowflakeBlock block = _generator.Take(now, ask!.Left);
            if (block.Outcome == SnowflakeOutcome.Issued)
                Give(context, ask, block.Range, now);
            else if (block.Outcome == SnowflakeOutcome.Wait)
                PumpLater(context, block.Millis);
            else if (block.Outcome == SnowflakeOutcome.MarkReached)
                RaiseMark(context, now);
            else
                _waiting.RefuseAll(context, IdWords.Of(block.Outcome, block.Millis, _options.Layout, _reach, _grantTrouble));
            if (block.Outcome is SnowflakeOutcome.Wait or SnowflakeOutcome.MarkReached)
                break;
        }

        _waiting.KeepTime(context);
    }

    private void Give(IActorContext context, WaitingAsk ask, IdRange range, long now)
    {
        _reach = Math.Max(_reach, now);
        ask.Add(range);
        if (ask.Left == 0)
        {
            _waiting.Dequeue();
            ask.Answer(context);
        }

        // While there is still room below the mark, so that nobody waits for the disk under a steady load.
        if (_generator.MarkUnixMillis - now < _options.MarkAheadMillis / 2)
            RaiseMark(context, now);
    }

    private void RaiseMark(IActorContext context, long now)
    {
        if (_fact.IsWriting)
            return;
        _raisingTo = now + _options.MarkAheadMillis;
        _fact.Write(context, new SnowflakeMark(_options.Layout, _raisingTo).Encode());
    }

    private void OnMarked(IActorContext context, FactWriteDone done)
    {
        if (_fact.OnWritten(done))
            _generator.RaiseMark(_raisingTo);
        else
            _waiting.RefuseAll(context, IdWords.StoreFailed(WhatIsWritten));
        Pump(context);
    }

    private void PumpLater(IActorContext context, long millis)
    {
        if (_pumping)
            return;
        _pumping = true;
        context.StartTimer(TimeSpan.FromMilliseconds(millis), new PumpDue());
    }

    private void OnPumpDue(IActorContext context)
    {
        _pumping = false;
        Pump(context);
    }

    private IdRefusal WhyLate() => !_isGrantTold ? IdWords.NoGrant("nobody has answered yet") : !_fact.IsLoaded || _fact.IsWriting ? IdWords.Slow(WhatIsWritten) : IdWords.Late();

    private IdRefusal? MissingGrant() => _grant is null ? IdWords.NoGrant(_grantTrouble) : null;

    private void AskForGrant(IActorContext context)
    {
        context.Send(_options.GrantSource!.Value, new WorkerGrantAsk(_options.StoreId, _grantTicket, context.Self));
        context.StartTimer(_options.GrantPatience, new GrantDue());
    }

    private void OnGrantDue(IActorContext context)
    {
        long now = context.WallNow.ToUnixTimeMilliseconds();
        if (_grant is null || _options.Worker is not null || _grant.UntilMillis < now + _options.GrantRenewMillis)
            AskForGrant(context);
        else
            context.StartTimer(_options.GrantPatience, new GrantDue());
    }

    // A repeated question has the same ticket, so that a slow answer counts; a second answer to it does not.
    private void OnGrant(IActorContext context, WorkerGrantTold told)
    {
        if (told.Ticket != _grantTicket)
            return;
        _grantTicket++;
        _isGrantTold = true;
        string? fault = told.Grant?.FaultFor(_options.Layout, _options.StoreId);
        _grantTrouble = fault ?? told.Reason;
        if (told.Grant is { } grant && fault is null)
            Hold(grant);
        else if (_options.Worker is not null)
            _grant = null; // People gave it to two nodes, or the cluster had given it away: then it is not this one's.
        Pump(context);
    }

    // Both were granted: what follows the old one without a gap, or overlaps it, adds to it.
    private void Hold(WorkerGrant grant)
    {
        bool isRenewed = _grant is { } old && old.Worker == grant.Worker && grant.FromMillis <= old.UntilMillis && grant.UntilMillis >= old.FromMillis;
        _grant = isRenewed
            ? grant with { FromMillis = Math.Min(_grant!.FromMillis, grant.FromMillis), UntilMillis = Math.Max(_grant.UntilMillis, grant.UntilMillis) }
            : grant;
        _generator.Hold(_grant);
    }

    private static IdRefusal NotSetUp(string detail) => new(IdRefusalKind.NotSetUp, detail, IsRetryable: false);

    private sealed record PumpDue : Message;

    private sealed record GrantDue : Message;
}
