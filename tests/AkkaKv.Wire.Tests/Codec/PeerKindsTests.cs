using AkkaKv.Core.Kernel;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Ring;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Wire.Tests.Codec;

public sealed class PeerKindsTests
{
    private static IEnumerable<Message> OneOfEachKind()
    {
        var generator = new MessageGenerator(1);
        return Enumerable.Range(0, MessageGenerator.KindCount).Select(generator.OfKind);
    }

    [Fact]
    public void Every_kind_that_crosses_nodes_is_taken_by_some_role_and_no_other_kind_is()
    {
        foreach (Type kind in typeof(Message).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Message)) && !type.IsAbstract))
        {
            Enum.GetValues<ActorRole>().Any(role => PeerKinds.IsTaken(role, kind))
                .ShouldBe(WireCodec.CrossesNodes(kind), $"{kind.Name}: list it in PeerKinds under each role that takes it, exactly if it crosses nodes");
        }
    }

    [Fact]
    public void Every_request_that_crosses_nodes_names_its_answer()
    {
        foreach (Message message in OneOfEachKind())
        {
            bool isRequest = message.GetType().GetProperty("ReplyTo")?.PropertyType == typeof(Address);
            (PeerKinds.AnswerOf(message) is not null).ShouldBe(isRequest, $"{message.GetType().Name}: name its answer in PeerKinds.AnswerOf");
            if (PeerKinds.AnswerOf(message) is { } answer)
                WireCodec.CrossesNodes(answer.Kind).ShouldBeTrue($"{answer.Kind.Name}, the answer to {message.GetType().Name}, crosses nodes");
        }
    }

    private static readonly ActorRole[] OfPartitions = [ActorRole.Replica, ActorRole.Hints, ActorRole.Reaper];

    [Fact]
    public void What_brings_a_key_to_the_actor_of_a_partition_names_it()
    {
        foreach (Message message in OneOfEachKind())
        {
            bool isOfPartition = message.GetType().GetProperty("Key")?.PropertyType is { } kind
                && (kind == typeof(StoreKey) || kind == typeof(DeadKey))
                && Array.Exists(OfPartitions, role => PeerKinds.IsTaken(role, message.GetType()));
            (PeerKinds.PartitionKeyOf(message) is not null).ShouldBe(isOfPartition, $"{message.GetType().Name}: name its key in PeerKinds.PartitionKeyOf");
        }
    }

    [Fact]
    public void Only_what_the_role_the_answer_and_the_partition_allow_is_delivered()
    {
        const int Partitions = 8;
        StoreKey key = StoreKey.Of("b", [1]);
        ulong home = (ulong)new Token(key.Hash).PartitionIn(Partitions);
        var good = new AkkaKv.Core.Replica.ReplicaRead(key, 1, new Address(MessageGenerator.Sender, ActorRole.Request, 1));

        RefusalOf(ActorRole.Replica, home, good).ShouldBeNull();
        RefusalOf(ActorRole.Request, home, good).ShouldBe("Request takes no ReplicaRead from other nodes");
        RefusalOf((ActorRole)99, home, good).ShouldBe("role 99 takes no ReplicaRead from other nodes");
        RefusalOf(ActorRole.Replica, home ^ 1, good).ShouldBe("ReplicaRead is for another partition than its key's");
        RefusalOf(ActorRole.Replica, home, good with { ReplyTo = good.ReplyTo with { Role = ActorRole.Membership } })
            .ShouldBe("Membership takes no ReplicaReadDone, the answer to ReplicaRead");

        static string? RefusalOf(ActorRole role, ulong number, Message message) =>
            WireCodec.Instance.RefusalOf(new Received(role, number, message), Partitions);
    }
}
