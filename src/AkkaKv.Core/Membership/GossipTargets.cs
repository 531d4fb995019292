using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// Whom to tell on a tick: some of the reachable, by chance; now and then one of the others, for an opinion that is
/// never tried would confirm itself; now and then a seed.
/// </summary>
internal sealed class GossipTargets
{
    private readonly MembershipOptions _options;
    private readonly MemberOpinion[] _peers;
    private readonly MemberOpinion[] _seeds;
    private readonly List<MemberOpinion> _drawn = [];

    public GossipTargets(IReadOnlyList<MemberOpinion?> opinions, MembershipOptions options)
    {
        _options = options;
        var peers = new List<MemberOpinion>(opinions.Count);
        var seeds = new List<MemberOpinion>();
        foreach (MemberOpinion? opinion in opinions)
        {
            if (opinion is null)
                continue;
            peers.Add(opinion);
            if (options.Seeds.Count == 0 || options.Seeds.Contains(opinion.Node))
                seeds.Add(opinion);
        }

        _peers = [.. peers];
        _seeds = [.. seeds];
    }

    /// <returns>Each at most once; valid until the next call.</returns>
    public IReadOnlyList<MemberOpinion> Draw(RandomSource random)
    {
        _drawn.Clear();
        MemberOpinion? unreachable = null;
        for (int i = 0; i < _peers.Length && _drawn.Count < _options.FanOut; i++)
        {
            int other = i + random.Next(_peers.Length - i);
            (_peers[i], _peers[other]) = (_peers[other], _peers[i]);
            if (_peers[i].IsReachable)
                _drawn.Add(_peers[i]);
            else
                unreachable = _peers[i];
        }

        unreachable ??= AnyUnreachable(random);
        if (unreachable is not null && random.Next(_options.UnreachableOneIn) == 0)
            _drawn.Add(unreachable);
        if (_seeds.Length > 0 && random.Next(_options.SeedOneIn) == 0)
            AddSeed(_seeds[random.Next(_seeds.Length)]);
        return _drawn;
    }

    private MemberOpinion? AnyUnreachable(RandomSource random)
    {
        int from = _peers.Length == 0 ? 0 : random.Next(_peers.Length);
        for (int i = 0; i < _peers.Length; i++)
        {
            MemberOpinion peer = _peers[(from + i) % _peers.Length];
            if (!peer.IsReachable)
                return peer;
        }

        return null;
    }

    private void AddSeed(MemberOpinion seed)
    {
        if (!_drawn.Contains(seed))
            _drawn.Add(seed);
    }
}
