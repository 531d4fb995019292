using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Agreement;

public sealed class ProposalTallyTests
{
    private static readonly NodeId[] Nodes = [new("node-1"), new("node-2"), new("node-3")];
    private static readonly Voter[] Voters = [.. Nodes.Select(node => new Voter(node, 1))];
    private static readonly Address Self = new(Nodes[0], ActorRole.Request, 9);

    [Fact]
    public void A_quorum_of_different_voters_decides_its_own_value_when_none_is_under_way()
    {
        ProposalTally tally = Begun();
        tally.OnPromised(Promise(tally, 1)).ShouldBeFalse();
        tally.OnPromised(Promise(tally, 1)).ShouldBeFalse("one voter has one vote");
        tally.OnPromised(Promise(tally, 1) with { From = new NodeId("stranger") }).ShouldBeFalse();
        tally.OnPromised(Promise(tally, 2)).ShouldBeTrue();
        tally.OnPromised(Promise(tally, 0)).ShouldBeFalse("it was enough already");
        tally.Value.ToArray().ShouldBe([7]);

        tally.OnAccepted(Acceptance(tally, 0)).ShouldBeFalse();
        tally.OnAccepted(Acceptance(tally, 0)).ShouldBeFalse();
        tally.OnAccepted(Acceptance(tally, 2)).ShouldBeTrue();
        tally.Phase.ShouldBe(ProposalPhase.Decided);
    }

    [Fact]
    public void The_value_accepted_at_the_highest_ballot_takes_the_place_of_the_own_one()
    {
        var tally = new ProposalTally([.. Voters, new Voter(new NodeId("node-4"), 1), new Voter(new NodeId("node-5"), 1)], 3, new byte[] { 7 });
        tally.TryBegin(Self).ShouldBeTrue();
        tally.OnPromised(Promise(tally, 1) with { AcceptedAt = new Ballot(1, Nodes[1]), AcceptedValue = new byte[] { 1 } });
        tally.OnPromised(Promise(tally, 2) with { AcceptedAt = new Ballot(1, Nodes[2]), AcceptedValue = new byte[] { 2 } });
        tally.OnPromised(Promise(tally, 0)).ShouldBeTrue();
        tally.Value.ToArray().ShouldBe([2]);
    }

    [Fact]
    public void Outbid_by_too_many_it_is_lost_and_begins_above_them_with_its_own_value_again()
    {
        ProposalTally tally = Begun();
        Ballot ahead = new(41, Nodes[2], 3);
        tally.OnPromised(Promise(tally, 0) with { AcceptedAt = new Ballot(1, Nodes[1]), AcceptedValue = new byte[] { 1 } });
        tally.OnPromised(Promise(tally, 1) with { Outcome = VoteOutcome.Outbid, Promised = ahead });
        (tally.IsOutbid, tally.IsLost).ShouldBe((true, false));
        tally.OnPromised(Promise(tally, 2) with { Outcome = VoteOutcome.Outbid, Promised = new Ballot(2, Nodes[2]) });
        tally.IsLost.ShouldBeTrue();

        AgreementPromised late = Promise(tally, 1);
        tally.TryBegin(Self).ShouldBeTrue();
        tally.Ballot.ShouldBe(new Ballot(42, Nodes[0], 9));
        (tally.IsOutbid, tally.IsLost, tally.Granted).ShouldBe((false, false, 0));
        tally.Value.ToArray().ShouldBe([7]);
        tally.OnPromised(late).ShouldBeFalse();
        tally.Granted.ShouldBe(0, "a vote of an earlier attempt");
    }

    [Fact]
    public void Refusals_are_no_votes_and_may_turn_into_one()
    {
        ProposalTally tally = Begun();
        tally.OnPromised(Promise(tally, 0) with { Outcome = VoteOutcome.Unable });
        tally.OnPromised(Promise(tally, 1) with { Outcome = VoteOutcome.OtherStore });
        tally.OnPromised(Promise(tally, 2)).ShouldBeFalse();
        tally.OnPromised(Promise(tally, 0)).ShouldBeTrue();
    }

    [Fact]
    public void Past_the_last_ballot_there_is_no_attempt()
    {
        ProposalTally tally = Begun();
        tally.OnPromised(Promise(tally, 1) with { Outcome = VoteOutcome.Outbid, Promised = new Ballot(Ballot.RoundMax, Nodes[2]) });
        tally.TryBegin(Self).ShouldBeFalse();
    }

    [Fact]
    public void A_quorum_that_another_could_miss_is_refused()
    {
        Should.Throw<InvariantException>(() => new ProposalTally([.. Voters, new Voter(new NodeId("node-4"), 1)], 2, default));
        Should.Throw<InvariantException>(() => new ProposalTally(Voters, 1, default));
        Should.Throw<InvariantException>(() => new ProposalTally(Voters, 4, default));
        Should.Throw<InvariantException>(() => new ProposalTally([Voters[0], Voters[0], Voters[1]], 2, default));
        Should.Throw<InvariantException>(() => new ProposalTally([], 0, default));
        Should.NotThrow(() => new ProposalTally([Voters[0]], 1, default));
    }

    private static ProposalTally Begun()
    {
        var tally = new ProposalTally(Voters, 2, new byte[] { 7 });
        tally.TryBegin(Self).ShouldBeTrue();
        return tally;
    }

    private static AgreementPromised Promise(ProposalTally tally, int node) =>
        new("d", tally.Ballot, Nodes[node], VoteOutcome.Granted, tally.Ballot, Ballot.None, default);

    private static AgreementAccepted Acceptance(ProposalTally tally, int node) =>
        new("d", tally.Ballot, Nodes[node], VoteOutcome.Granted, tally.Ballot);
}
