using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>
/// Who belongs to the cluster, as far as this node knows, and how a change of that goes on. Each node adopts decided
/// configurations, tells its own actors, and says how far it is; one member drives: it founds the cluster, and goes from
/// one phase to the next once everyone is through. Two that both drive do no harm, as each epoch is decided once.
/// </summary>
/// <remarks>
/// A node has entered an epoch when 1. the configuration is on its disk, 2. the ring made from it was pushed, and 3. all who
/// must have confirmed that ring. Then no request of an older one is under way on it, nor can be after a restart.
/// </remarks>
public sealed class TopologyActor : Actor
{
    private readonly TopologyOptions _options;
    private readonly ulong _storeId;
    private readonly ConfigurationKeeper _keeper;
    private readonly MemberStatuses _statuses = new();
    private readonly TopologyNeighbours _neighbours;
    private readonly QuestionDesk _desk;
    private readonly Proposing _proposing;
    private readonly WorkerDesk _workers;
    private RingSnapshot? _ring;
    private TimeSpan _startedAt;
    private long _ringPushed;
    private long _ringAdopted;
    private long _entered;
    private bool _haveAllEntered;
    private EpochEntered? _toldTransfer;
    private EpochWork _work = new(0, false, 0, 0, 0, 0, 0, "");
    private string _refusedNews = "";

    /// <param name="first">What the node starts from.</param>
    /// <param name="isDurable">True when it needs no writing: the settings, from which every start makes it again.</param>
    /// <param name="storeId">Of the node's data directory; 0 when it has none, and then the cluster is never founded.</param>
    /// <exception cref="InvariantException">When an option is out of its bounds.</exception>
    public TopologyActor(TopologyOptions options, ClusterConfiguration first, bool isDurable, ulong storeId)
    {
        options.Require();
        IReadOnlyList<string> problems = ConfigurationRules.Problems(first);
        Invariant.Require(problems.Count == 0, "a node starts from a sound configuration", string.Join(" ", problems));
        _options = options;
        _storeId = storeId;
        _keeper = new ConfigurationKeeper(first, isDurable);
        _neighbours = new TopologyNeighbours(first, options.FarewellTime);
        _proposing = new Proposing(options);
        _desk = new QuestionDesk(options);
        _workers = new WorkerDesk(options.Workers, storeId);
    }

    private ClusterConfiguration Current => _keeper.Current;

    private IReadOnlyList<RingMember> Everyone => _neighbours.Everyone;

    /// <summary>The first configuration of a cluster whose members are named by the settings.</summary>
    public static ClusterConfiguration FirstOf(RingTopology settings) =>
        new(1, 0, settings.Partitions, settings.ReplicaCount, [.. settings.Members.OrderBy(member => member.Node)]);

    public override void Start(IActorContext context)
    {
        NodeId self = context.Self.Node;
        _startedAt = context.Now;
        _ringPushed = Current.KnowsOther(self, _storeId) ? 0 : Current.RingEpoch;
        context.Send(new Address(self, ActorRole.RingManager, 0), new RingSubscribe(context.Self));
        context.Send(new Address(self, ActorRole.Membership, 0), new SubscribeReachability(context.Self));
        _statuses.Watch(Everyone, context.Now);
        _neighbours.Push(context, Current);
        _keeper.Write(context);
        context.StartTimer(_options.PollInterval, new PollTick());
        StartDigestTick(context);
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case RingChanged changed: OnRing(context, changed.Ring); break;
            case RingAdoptedByAll adopted: OnRingAdopted(context, adopted.Epoch); break;
            case ReachabilityChanged changed: _statuses.Take(changed.Snapshot, Everyone, context.Now); break;
            case FactWriteDone done: OnWritten(context, done); break;
            case EpochWorkTold told: OnWork(context, told.Work); break;
            case TopologyCatchUp catchUp: SendDigest(context, At(catchUp.From)); break;
            case TopologyDigest digest: OnDigest(context, digest); break;
            case TopologyNews news: OnNews(context, news.Configuration); break;
            case TopologyPoll poll: OnPoll(context, poll); break;
            case TopologyStatus status: OnStatus(context, status); break;
            case WorkerLeaseAsk ask: _workers.Answer(context, ask, Current, _statuses); break;
            case TopologyAsk ask: OnAsk(context, ask.ReplyTo); break;
            case TopologyPlanAsk ask: OnPlanAsk(context, ask.ReplyTo); break;
            case TopologyStage ask: OnQuestion(context, ask, ask.ReplyTo); break;
            case TopologyCommit ask: OnQuestion(context, ask, ask.ReplyTo); break;
            case TopologyAbort ask: OnQuestion(context, ask, ask.ReplyTo); break;
            case Agreement.AgreementDecided decided: OnDecided(context, decided); break;
            case Agreement.AgreementUndecided undecided: OnUndecided(context, undecided); break;
            case PollTick: OnPollTick(context); break;
            case DigestTick: OnDigestTick(context); break;
            case FarewellEnd end: _neighbours.EndFarewells(context, Current, end); break;
            case QuestionDeadline deadline: _desk.Expire(context, deadline, Current, Waiting(context)); break;
            case GatherDeadline deadline: _desk.EndGather(context, deadline, Told(context)); break;
            default: throw new InvariantException($"the topology has no use for {message.GetType().Name}");
        }
    }

    private void OnRing(IActorContext context, RingSnapshot ring)
    {
        _ring = ring;
        TryEnter(context);
    }

    private void OnRingAdopted(IActorContext context, long epoch)
    {
        _ringAdopted = Math.Max(_ringAdopted, epoch);
        TryEnter(context);
    }

    // ---- What was decided.

    private void OnDigest(IActorContext context, TopologyDigest digest)
    {
        _neighbours.Heard(digest.ReplyTo.Node, Current);
        if (_keeper.IsDurable && Current.Epoch > digest.Epoch)
            context.Send(digest.ReplyTo, new TopologyNews(Current));
        else if (digest.Epoch > _keeper.NewestEpoch)
            SendDigest(context, digest.ReplyTo);
    }

    private void OnNews(IActorContext context, ClusterConfiguration news)
    {
        if (news.Epoch <= _keeper.NewestEpoch)
            return;
        _refusedNews = ProblemOfNews(news) is { } problem ? $"A configuration of epoch {news.Epoch} was told by another node and refused: {problem}" : "";
        if (_refusedNews.Length == 0)
            _keeper.Offer(context, news);
    }

    // What a peer tells may be anything, another cluster's too.
    private string? ProblemOfNews(ClusterConfiguration news)
    {
        if (ConfigurationRules.Problems(news) is { Count: > 0 } problems)
            return string.Join(" ", problems);
        if (Current.ClusterId != 0 && news.ClusterId != Current.ClusterId)
            return "it is of another cluster.";
        if (news.Partitions != Current.Partitions)
            return $"it has {news.Partitions} partitions, and this node has {Current.Partitions}, which never changes.";
        bool isOtherRing = !ConfigurationRules.AreAlike(news.Ring.Members, Current.Ring.Members)
            || !ConfigurationRules.AreAlike(news.Ring.AlsoMembers, Current.Ring.AlsoMembers) || news.ReplicaCount != Current.ReplicaCount;
        if (news.RingEpoch < Current.RingEpoch || (news.RingEpoch == Current.RingEpoch && isOtherRing))
            return "it has another ring of the same epoch; the settings must name the same members, weights and zones on every node.";
        return null;
    }

    private void OnWritten(IActorContext context, FactWriteDone done)
    {
        ClusterConfiguration before = Current;
        if (!_keeper.Written(context, done))
            return;
        PushRing(context);
        _haveAllEntered &= Current.WorkEpoch == before.WorkEpoch;
        _neighbours.Adopt(context, before, Current);
        _statuses.Watch(Everyone, context.Now);
        TryEnter(context);

        // The others hear of it from this poll: whoever is behind asks back.
        if (IsDriver(context) || _proposing.Began(Current.Epoch))
            PollEveryone(context);
        Evaluate(context);
        Continue(context);
    }

    // ---- Entering.

    // A node that lost its memory, and with it the configurations that followed, would serve by a ring that the others have
    // left behind: the barrier counts on every node to remember what it has entered. So it waits until the members have
    // decided on its new directory: whatever was decided before that is then known here.
    private void PushRing(IActorContext context)
    {
        if (_ringPushed == Current.RingEpoch || !_keeper.IsDurable)
            return;
        bool isOther = Current.KnowsOther(context.Self.Node, _storeId);
        if (isOther && (context.Now - _startedAt < _options.MemoryPatience || !DriverRules.IsMemoryLost(Current, context.Self.Node, _storeId, _statuses)))
            return;
        _ringPushed = Current.RingEpoch;
        context.Send(new Address(context.Self.Node, ActorRole.RingManager, 0), new RingTopologyAdopted(Current.Ring));
    }

    private void TryEnter(IActorContext context)
    {
        bool isAdopted = _keeper.IsDurable && _ring is { } ring && ring.Epoch == Current.RingEpoch && _ringAdopted >= Current.RingEpoch && !IsHeldBack;
        if (!isAdopted || _entered == Current.Epoch)
            return;
        _entered = Current.Epoch;
        TellTransfer(context);
        Evaluate(context);
    }

    private void TellTransfer(IActorContext context)
    {
        if (_entered != Current.Epoch || _ring is not { } ring || ring.Epoch != Current.RingEpoch)
            return;
        if (_toldTransfer is { } told && told.Configuration.Epoch == Current.Epoch && told.AllEntered == _haveAllEntered)
            return;
        _toldTransfer = new EpochEntered(Current, ring, _haveAllEntered);
        context.Send(TransferOf(context), _toldTransfer);
    }

    private void OnWork(IActorContext context, EpochWork work)
    {
        _work = work;
        Evaluate(context);
    }

    private void SetAllEntered(IActorContext context)
    {
        if (_haveAllEntered)
            return;
        _haveAllEntered = true;
        TellTransfer(context);
    }

    // ---- Between the members.

    private void OnPoll(IActorContext context, TopologyPoll poll)
    {
        if (poll.Epoch == Current.Epoch && poll.AllEntered && _keeper.IsDurable)
            SetAllEntered(context);
        context.Send(poll.ReplyTo, OwnStatus(context));
        if (poll.Epoch > _keeper.NewestEpoch)
            SendDigest(context, poll.ReplyTo);
    }

    private void OnStatus(IActorContext context, TopologyStatus status)
    {
        if (!StagedChanges.Has(Everyone, status.From) || status.From == context.Self.Node)
            return;
        bool isNew = _statuses.Take(status, context.Now);
        if (status.Epoch > _keeper.NewestEpoch)
            SendDigest(context, At(status.From));
        if (isNew)
            Evaluate(context);
        _desk.CloseGathers(context, Everyone, _statuses, () => Told(context));
    }

    private void OnPollTick(IActorContext context)
    {
        _keeper.Write(context);
        if (_entered == Current.Epoch)
            context.Send(TransferOf(context), new EpochWorkAsk(context.Self));
        if (IsDriver(context) || IsHeldBack)
            PollEveryone(context);
        PushRing(context);
        Evaluate(context);
        Continue(context);
        context.StartTimer(_options.PollInterval, new PollTick());
    }

    private void OnDigestTick(IActorContext context)
    {
        int others = Everyone.Count;
        if (others > 0 && Everyone[context.Random.Next(others)].Node is var node && node != context.Self.Node)
            SendDigest(context, At(node));
        StartDigestTick(context);
    }

    private void PollEveryone(IActorContext context)
    {
        var poll = new TopologyPoll(_keeper.IsDurable ? Current.Epoch : 0, _haveAllEntered, context.Self);
        foreach (RingMember member in Everyone)
        {
            if (member.Node != context.Self.Node)
                context.Send(At(member.Node), poll);
        }
    }

    // ---- Driving.

    private void Evaluate(IActorContext context)
    {
        if (StagedChanges.Has(Everyone, context.Self.Node))
            _statuses.Take(OwnStatus(context), context.Now);
        if (!_haveAllEntered && _entered == Current.Epoch && DriverRules.HaveAllEntered(Current, Everyone, _statuses))
        {
            SetAllEntered(context);
            if (IsDriver(context))
                PollEveryone(context);
        }

        if (IsDriver(context) && !IsBusy && DriverRules.NextOf(Current, Everyone, _statuses, _options.WorkerLease, context.Random) is { } next)
            _proposing.Begin(context, Current, next, null);
    }

    // What it knows may be old: the others tell.
    private bool IsHeldBack => _ringPushed < Current.RingEpoch;

    private bool IsBusy => _proposing.IsUnderWay || _keeper.IsWriting;

    private bool IsDriver(IActorContext context) =>
        DriverRules.DriverOf(Current, node => node == context.Self.Node || _statuses.IsReachable(node)) == context.Self.Node;

    private void OnDecided(IActorContext context, Agreement.AgreementDecided decided)
    {
        if (_proposing.Take(decided, Current) is not { } value)
            return;
        _keeper.Offer(context, value);
        Continue(context);
    }

    private void OnUndecided(IActorContext context, Agreement.AgreementUndecided undecided)
    {
        _proposing.Take(undecided);
        Continue(context);
    }

    // ---- Operators.

    private void OnAsk(IActorContext context, Address replyTo)
    {
        Evaluate(context);
        PollEveryone(context);
        _desk.Gather(context, replyTo, Told(context));
        _desk.CloseGathers(context, Everyone, _statuses, () => Told(context));
    }

    private void OnPlanAsk(IActorContext context, Address replyTo) => context.Send(
        replyTo,
        Current.ClusterId == 0
            ? new TopologyPlanTold(null, WaitingWords.OfFounding(Current, _statuses, context.Now))
            : ChangePlanning.Of(Current, node => node == context.Self.Node || _statuses.IsReachable(node) || _neighbours.HasHeard(node)));

    private void OnQuestion(IActorContext context, Message ask, Address replyTo)
    {
        _desk.Open(context, ask, replyTo, Current);
        Continue(context);
    }

    // One question at a time, and one proposal.
    private void Continue(IActorContext context)
    {
        while (_desk.First is { } question && !IsBusy)
        {
            if (question.IsDoneIn(Current))
            {
                _desk.Close(context, new TopologyAnswer(true, question.Done(), Current.Epoch));
            }
            else if (RefusalOf(context) is { } refusal)
            {
                _desk.Close(context, new TopologyAnswer(false, refusal, Current.Epoch));
            }
            else if (question.Tries == _options.TriesMax)
            {
                _desk.Close(context, new TopologyAnswer(false, $"It was tried {question.Tries} times, and others were always first; try again. {question.Trouble}", Current.Epoch));
            }
            else if (question.StepFrom(Current) is { Configuration: { } next })
            {
                question.Tries++;
                _proposing.Begin(context, Current, next, question);
            }
            else
            {
                _desk.Close(context, new TopologyAnswer(false, question.StepFrom(Current).Problem, Current.Epoch));
            }
        }
    }

    private string? RefusalOf(IActorContext context)
    {
        if (Current.ClusterId == 0)
            return "Nothing can be changed before the cluster is founded. " + WaitingWords.OfFounding(Current, _statuses, context.Now);
        return StagedChanges.Has(Current.Members, context.Self.Node) ? null : $"{context.Self.Node} is not a member and can't change the cluster; ask a member.";
    }

    private TopologyTold Told(IActorContext context) => new(Current, _statuses.All, Waiting(context));

    private string Waiting(IActorContext context) => string.Join(
        " ",
        ((string[])[_neighbours.Left(context.Self.Node, Current), _keeper.Trouble, _refusedNews, _proposing.Trouble, WaitingWords.OfDirectory(context.Self.Node, IsHeldBack), WaitingWords.Of(Current, Everyone, _statuses, context.Now)])
            .Where(words => words.Length > 0));

    private TopologyStatus OwnStatus(IActorContext context) =>
        new(context.Self.Node, _keeper.IsDurable ? Current.Epoch : 0, _entered, _storeId, _work) { Workers = _workers.Need(context) };

    private void SendDigest(IActorContext context, Address to) =>
        context.Send(to, new TopologyDigest(_keeper.IsDurable ? Current.Epoch : 0, context.Self));

    private void StartDigestTick(IActorContext context) =>
        context.StartTimer(_options.DigestInterval * (0.5 + context.Random.NextDouble()), new DigestTick());

    private static Address At(NodeId node) => new(node, ActorRole.Topology, 0);

    private static Address TransferOf(IActorContext context) => new(context.Self.Node, ActorRole.Transfer, 0);

    private sealed record PollTick : Message;

    private sealed record DigestTick : Message;
}
