using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Agreement;

public sealed class ProposalActorTests
{
    private readonly TestWorld _world = new();
    private ulong _nextCall = 1_000_000;

    [Fact]
    public void It_answers_once_and_leaves_nothing_behind()
    {
        ulong call = Propose(_world.Nodes[0], 1);
        _world.Reply<AgreementDecided>(call)!.Value.ToArray().ShouldBe([1]);
        _world.Advance(TimeSpan.FromMinutes(1));
        (_world.RequestsUnderWay, _world.TimersUnderWay).ShouldBe((0, 0));
    }

    [Fact]
    public void A_later_proposal_is_told_the_value_of_the_first()
    {
        Propose(_world.Nodes[0], 1);
        ulong call = Propose(_world.Nodes[2], 2);
        _world.Reply<AgreementDecided>(call)!.Value.ToArray().ShouldBe([1]);
    }

    // Both begin with the first round. With one ballot, the voters that accepted the value of one would count for the other.
    [Fact]
    public void Two_proposals_of_one_node_never_share_a_ballot()
    {
        _world.Loses = (_, to, message) => to.Node != _world.Nodes[0] && message is AgreementPrepare;
        Propose(_world.Nodes[0], 1);
        Ballot[] first = Prepared();
        _world.Advance(TimeSpan.FromSeconds(11));
        _world.Trace.Clear();
        _world.Loses = (_, to, message) => to.Node == _world.Nodes[0] && message is AgreementPrepare;
        ulong call = Propose(_world.Nodes[0], 2);
        Ballot[] second = Prepared();

        (first[0].Round, second[0].Round).ShouldBe((1, 1));
        first.Intersect(second).ShouldBeEmpty();
        _world.Reply<AgreementDecided>(call)!.Value.ToArray().ShouldBe([2]);
    }

    [Fact]
    public void Whoever_is_silent_is_asked_again_in_the_same_attempt()
    {
        _world.Loses = (_, to, message) => to.Node != _world.Nodes[0] && message is AgreementPrepare;
        ulong call = Propose(_world.Nodes[0], 1);
        _world.Advance(TimeSpan.FromSeconds(2));
        _world.Reply<Message>(call).ShouldBeNull();
        _world.Loses = (_, _, _) => false;
        _world.Advance(TimeSpan.FromSeconds(4));
        _world.Reply<AgreementDecided>(call)!.Value.ToArray().ShouldBe([1]);
        Prepared().Length.ShouldBe(1);
    }

    [Fact]
    public void When_nobody_answers_it_gives_up_and_says_who_was_silent()
    {
        _world.Loses = (_, to, message) => to.Node != _world.Nodes[0] && message is AgreementPrepare;
        ulong call = Propose(_world.Nodes[0], 1);
        _world.Advance(TimeSpan.FromSeconds(9.9));
        _world.Reply<Message>(call).ShouldBeNull();
        _world.Advance(TimeSpan.FromSeconds(0.2));
        _world.Reply<AgreementUndecided>(call)!.Reason.ShouldContain("1 of 3 voters have promised within 10000 ms, and 2 are needed. No answer from node-2, node-3.");
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void The_reason_names_who_refused_and_why()
    {
        _world.Stores[_world.Nodes[1]].WriteOutcome = StoreOutcome.ReadOnly;
        Voter[] voters = [new(_world.Nodes[0], 0), new(_world.Nodes[1], 0), new(_world.Nodes[2], 99)];
        ulong call = Propose(_world.Nodes[0], 1, voters);
        _world.Advance(TimeSpan.FromSeconds(11));
        string reason = _world.Reply<AgreementUndecided>(call)!.Reason;
        reason.ShouldContain("With another data directory than the one known: node-3.");
        reason.ShouldContain("Unable to keep a vote on disk: node-2.");
        reason.ShouldNotContain("No answer");
    }

    [Fact]
    public void A_proposal_that_is_outbid_waits_and_then_begins_above_the_other()
    {
        foreach (NodeId node in _world.Nodes)
            _world.Post(new Address(node, ActorRole.Agreement, 0), new AgreementPrepare("d", 0, new Ballot(41, _world.Nodes[2], 1), new Address(node, ActorRole.Request, 0)));
        _world.Run();
        ulong call = Propose(_world.Nodes[0], 1);
        _world.Reply<Message>(call).ShouldBeNull();
        _world.Advance(TimeSpan.FromMilliseconds(100));
        _world.Reply<AgreementDecided>(call)!.Value.ToArray().ShouldBe([1]);
    }

    [Fact]
    public void When_all_must_vote_one_silent_voter_keeps_it_from_deciding()
    {
        _world.Loses = (_, to, message) => to.Node == _world.Nodes[2] && message is AgreementPrepare;
        ulong call = Propose(_world.Nodes[0], 1, quorum: 3);
        _world.Advance(TimeSpan.FromSeconds(11));
        _world.Reply<AgreementUndecided>(call)!.Reason.ShouldContain("2 of 3 voters have promised within 10000 ms, and 3 are needed. No answer from node-3.");
    }

    [Fact]
    public void What_cannot_be_decided_is_refused_at_once()
    {
        Voter[] voters = [new(_world.Nodes[0], 0)];
        var nobody = new Address(_world.Nodes[0], ActorRole.Caller, 1);
        Should.Throw<InvariantException>(() => new ProposalActor(new ProposalOptions(), "", voters, 1, default, nobody));
        Should.Throw<InvariantException>(() => new ProposalActor(new ProposalOptions(), "d", voters, 0, default, nobody));
        Should.Throw<InvariantException>(() => new ProposalActor(new ProposalOptions(), "d", voters, 1, new byte[DecisionBounds.ValueBytesMax + 1], nobody));
    }

    private Ballot[] Prepared() => [.. _world.Trace.Select(entry => entry.Message).OfType<AgreementPrepare>().Select(prepare => prepare.Ballot).Distinct()];

    private ulong Propose(NodeId node, byte value, Voter[]? voters = null, int quorum = 2)
    {
        ulong call = _nextCall++;
        voters ??= [.. _world.Nodes.Select(voter => new Voter(voter, 0))];
        var proposal = new ProposalActor(new ProposalOptions(), "d", voters, quorum, new[] { value }, new Address(node, ActorRole.Caller, call));
        _world.Spawn(node, ActorRole.Request, proposal);
        _world.Run();
        return call;
    }
}
