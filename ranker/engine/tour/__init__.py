"""How are requests of Kibana's console read and sent, and what is to be seen in their answers?"""
