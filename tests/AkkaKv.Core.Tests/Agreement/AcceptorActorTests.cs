using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Agreement;

public sealed class AcceptorActorTests
{
    private static readonly NodeId Proposer = new("node-2");
    private static readonly Ballot First = new(1, Proposer, 1);
    private static readonly Ballot Second = new(2, Proposer, 1);

    private readonly TestWorld _world = new();
    private ulong _nextCall = 1_000_000;

    private NodeId Node => _world.Nodes[0];

    private TestStore Store => _world.Stores[Node];

    private Address Acceptor => new(Node, ActorRole.Agreement, 0);

    [Fact]
    public void Nothing_is_answered_before_it_is_durable_and_questions_wait_for_each_other()
    {
        Store.Holds = true;
        ulong prepare = Ask(caller => new AgreementPrepare("d", 0, First, caller));
        ulong accept = Ask(caller => new AgreementAccept("d", 0, First, new byte[] { 1 }, caller));
        ulong later = Ask(caller => new AgreementPrepare("d", 0, Second, caller));
        ulong older = Ask(caller => new AgreementAccept("d", 0, First, new byte[] { 1 }, caller));
        Store.Held.ShouldBe(1);
        _world.Reply<AgreementPromised>(prepare).ShouldBeNull();

        Release();
        _world.Reply<AgreementPromised>(prepare).ShouldBe(new AgreementPromised("d", First, Node, VoteOutcome.Granted, First, Ballot.None, default));
        _world.Reply<AgreementAccepted>(accept).ShouldBeNull();
        Release();
        _world.Reply<AgreementAccepted>(accept).ShouldBe(new AgreementAccepted("d", First, Node, VoteOutcome.Granted, First));
        Release();
        AgreementPromised promised = _world.Reply<AgreementPromised>(later)!;
        (promised.Outcome, promised.Promised, promised.AcceptedAt).ShouldBe((VoteOutcome.Granted, Second, First));
        promised.AcceptedValue.ToArray().ShouldBe([1]);
        _world.Reply<AgreementAccepted>(older)!.Outcome.ShouldBe(VoteOutcome.Outbid);
    }

    [Fact]
    public void It_remembers_through_a_restart_and_decisions_are_apart()
    {
        Ask(caller => new AgreementPrepare("d", 0, Second, caller));
        _world.Restart(Node);
        Answer<AgreementAccepted>(caller => new AgreementAccept("d", 0, First, default, caller)).Outcome.ShouldBe(VoteOutcome.Outbid);
        Answer<AgreementAccepted>(caller => new AgreementAccept("other", 0, First, default, caller)).Outcome.ShouldBe(VoteOutcome.Granted);
        Store.Fact("agreement/d").IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void Asked_as_the_voter_of_another_directory_it_does_not_vote()
    {
        // The stores of these worlds have no id.
        AgreementPromised answer = Answer<AgreementPromised>(caller => new AgreementPrepare("d", 77, First, caller));
        answer.Outcome.ShouldBe(VoteOutcome.OtherStore);
        Answer<AgreementAccepted>(caller => new AgreementAccept("d", 77, First, default, caller)).Outcome.ShouldBe(VoteOutcome.OtherStore);
        Store.Fact("agreement/d").IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_failed_write_is_no_vote_and_what_was_durable_before_stands()
    {
        Answer<AgreementPromised>(caller => new AgreementPrepare("d", 0, First, caller)).Outcome.ShouldBe(VoteOutcome.Granted);
        Store.WriteOutcome = StoreOutcome.Failed;
        AgreementAccepted refused = Answer<AgreementAccepted>(caller => new AgreementAccept("d", 0, Second, new byte[] { 2 }, caller));
        (refused.Outcome, refused.Promised).ShouldBe((VoteOutcome.Unable, First));
        Answer<AgreementPromised>(caller => new AgreementPrepare("d", 0, First, caller)).Outcome.ShouldBe(VoteOutcome.Granted, "it is on the disk");
        Store.WriteOutcome = StoreOutcome.ReadOnly;
        Answer<AgreementPromised>(caller => new AgreementPrepare("d", 0, Second, caller)).Outcome.ShouldBe(VoteOutcome.Unable);
    }

    [Fact]
    public void A_record_that_it_does_not_understand_is_no_vote()
    {
        Store.Receive(new FactWrite("agreement/d", new byte[] { 9, 9 }, 1, new Address(Node, ActorRole.Caller, 1)));
        Answer<AgreementPromised>(caller => new AgreementPrepare("d", 0, First, caller)).Outcome.ShouldBe(VoteOutcome.Unable);
        Store.Fact("agreement/d").ToArray().ShouldBe([9, 9]);
    }

    [Fact]
    public void What_no_proposal_would_ask_is_dropped()
    {
        ulong[] calls =
        [
            Ask(caller => new AgreementPrepare("", 0, First, caller)),
            Ask(caller => new AgreementPrepare("two words", 0, First, caller)),
            Ask(caller => new AgreementPrepare(new string('x', 101), 0, First, caller)),
            Ask(caller => new AgreementPrepare("d", 0, Ballot.None, caller)),
            Ask(caller => new AgreementPrepare("d", 0, new Ballot(-1, Proposer), caller)),
            Ask(caller => new AgreementAccept("d", 0, new Ballot(long.MaxValue, Proposer), default, caller)),
            Ask(caller => new AgreementAccept("d", 0, First, new byte[DecisionBounds.ValueBytesMax + 1], caller)),
        ];
        calls.ShouldAllBe(call => _world.Reply<Message>(call) == null);
        Answer<AgreementAccepted>(caller => new AgreementAccept("d", 0, First, new byte[DecisionBounds.ValueBytesMax], caller)).Outcome.ShouldBe(VoteOutcome.Granted);
    }

    [Fact]
    public void Questions_that_wait_are_bounded()
    {
        Store.Holds = true;
        ulong[] calls = [.. Enumerable.Range(1, AcceptorActor.WaitingMax + 5).Select(round => Ask(caller => new AgreementPrepare("d", 0, First, caller)))];
        Store.Holds = false;
        Release();
        calls.Count(call => _world.Reply<AgreementPromised>(call) is not null).ShouldBe(AcceptorActor.WaitingMax);
        Answer<AgreementPromised>(caller => new AgreementPrepare("d", 0, Second, caller)).Outcome.ShouldBe(VoteOutcome.Granted);
    }

    private ulong Ask(Func<Address, Message> question)
    {
        ulong call = _nextCall++;
        _world.Post(Acceptor, question(new Address(Proposer, ActorRole.Caller, call)));
        _world.Run();
        return call;
    }

    private TAnswer Answer<TAnswer>(Func<Address, Message> question)
        where TAnswer : Message => _world.Reply<TAnswer>(Ask(question))!;

    private void Release()
    {
        Store.Release();
        _world.Run();
    }
}
